"""Who writes in, and what: the same mix for every contestant, most from people we know, some from new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

NEW_ONE_IN = 5
TEXT = (
    "Hello, I ordered two lamps last week and one of them arrived with a broken shade. Could you send me another one? "
    "My order is {number}. I am at home on Thursday and Friday after four. Thank you very much, and best regards."
)


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody writes; `who` is their address."""

    who: str
    external_id: str
    text: str


class Crowd:
    """An endless stream of messages. Of five writers one has never written before."""

    def __init__(self, name: str, known: int) -> None:
        self.name = name
        self.known = known
        self._number = count(1)

    def regulars(self) -> list[Saying]:
        """One message of each known person, to be stored before anything is measured."""
        return [self._say(f"{self.name}-{number}") for number in range(self.known)]

    def sayings(self, amount: int) -> Iterator[Saying]:
        for _ in range(amount):
            number = next(self._number)
            if number % NEW_ONE_IN == 0:
                yield self._say(f"{self.name}-new-{number}")
            else:
                yield self._say(f"{self.name}-{number * 7919 % self.known}")

    def _say(self, who: str) -> Saying:
        number = next(self._number)
        return Saying(who, f"{self.name}-{number}", TEXT.format(number=number))
