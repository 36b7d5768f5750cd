"""The pieces of a slip that were scanned one by one, by a short hash of each serial number: any number of them."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID

from webapp.kernel.parse.codes import lot_key

_DIGEST_BYTES = 9  # two of a million pieces share one once in ten billion slips; then a question is asked for nothing
_DIGESTS = re.compile(r"[\w-]{12}(?:\.[\w-]{12})*", re.ASCII)


class Serials:
    """Serial numbers by item, as a page holds them: one text `item:hash.hash` for each item."""

    def __init__(self, posted: Iterable[str] = ()) -> None:
        self._by_item: dict[str, dict[str, None]] = {}
        for text in posted:
            item, _colon, rest = text.partition(":")
            digests = (
                rest.split(".") if _DIGESTS.fullmatch(rest) else [_digest(rest)]
            )  # of a page of before: the number
            self._by_item.setdefault(item, {}).update(dict.fromkeys(digests))

    def has(self, item_id: UUID, serial: str) -> bool:
        return _digest(lot_key(serial)) in self._by_item.get(str(item_id), {})

    def add(self, item_id: UUID, serial: str) -> None:
        self._by_item.setdefault(str(item_id), {})[_digest(lot_key(serial))] = None

    def forget(self, item: str) -> None:
        """No line of the item is left."""
        self._by_item.pop(item, None)

    @property
    def texts(self) -> list[str]:
        return [f"{item}:{'.'.join(digests)}" for item, digests in self._by_item.items() if digests]


def _digest(key: str) -> str:
    return urlsafe_b64encode(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()).decode()
