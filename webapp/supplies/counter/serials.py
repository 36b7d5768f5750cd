"""The pieces of a slip that were scanned individually, by a digest of each serial number."""

from collections.abc import Iterable
from uuid import UUID

from webapp.kernel.parse.codes import lot_key
from webapp.supplies.rules.serials import digest_of, digests_in


class Serials:
    """Serial numbers by item, as stored in a page: one text `item:digest.digest` for each item."""

    def __init__(self, posted: Iterable[str] = ()) -> None:
        self._by_item: dict[str, dict[str, None]] = {}
        for text in posted:
            item, _colon, rest = text.partition(":")
            self._by_item.setdefault(item, {}).update(dict.fromkeys(digests_in(rest)))

    def has(self, item_id: UUID, serial: str) -> bool:
        return digest_of(lot_key(serial)) in self._by_item.get(str(item_id), {})

    def add(self, item_id: UUID, serial: str) -> None:
        self._by_item.setdefault(str(item_id), {})[digest_of(lot_key(serial))] = None

    def forget(self, item: str) -> None:
        """Remove an item without lines."""
        self._by_item.pop(item, None)

    @property
    def texts(self) -> list[str]:
        return [f"{item}:{'.'.join(digests)}" for item, digests in self._by_item.items() if digests]
