"""A message: what leaves the app. Never the name of a person, a number of one, or anything that somebody typed."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Message:
    """`id` stays the same if it has to be sent again because nobody knows whether it arrived (`is_repeated`)."""

    id: UUID
    title: str
    text: str
    is_repeated: bool = False

    @property
    def whole(self) -> str:
        """Title and text, for channels without a title."""
        return f"{self.title}\n{self.text}"
