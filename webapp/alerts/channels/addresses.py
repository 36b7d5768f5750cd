"""Where a channel may lead: a name is resolved at each use, and no address inside is connected to."""

import ipaddress
import socket

NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Undelivered(Exception):
    """A message was not taken. `outcome` is a code of labels.OUTCOMES, `answer` what the other side said."""

    def __init__(self, outcome: str, answer: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.answer = answer


def is_inside(address: str) -> bool:
    """Whether an IP address is not one of the public network: loopback, private, link-local (metadata of a cloud),
    shared, reserved, multicast, or an IPv6 address that leads to one of these.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:
            return is_inside(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if embedded is not None:
            return is_inside(str(embedded))
    return not ip.is_global or ip.is_multicast


def resolve(host: str, port: int, *, may_be_inside: bool) -> str:
    """The IP address to connect to. Raises Undelivered `unresolved`, and `inside` if any address of the name is."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Undelivered("unresolved") from error
    addresses = [str(answer[4][0]) for answer in answers]
    if not may_be_inside and any(map(is_inside, addresses)):
        raise Undelivered("inside")
    return addresses[0]
