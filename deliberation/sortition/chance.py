"""A stream of chance from a seed, the same on every machine and in every version of Python.

Block i is SHA-256("sortition-v1" || purpose || 0x00 || seed || 0x00 || i as 8 bytes, big end
first). Whole numbers come from it by rejection, so that none is likelier than another.
"""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


class Chance:
    """Draws for one `purpose`, so that adding a draw somewhere changes nothing elsewhere."""

    def __init__(self, seed: str, purpose: str) -> None:
        self._prefix = b"sortition-v1" + purpose.encode() + b"\x00" + seed.encode() + b"\x00"
        self._block = 0
        self._bytes = b""

    def _take(self, length: int) -> bytes:
        while len(self._bytes) < length:
            self._bytes += hashlib.sha256(self._prefix + self._block.to_bytes(8, "big")).digest()
            self._block += 1
        taken, self._bytes = self._bytes[:length], self._bytes[length:]
        return taken

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1, each as likely as the next."""
        length = (limit.bit_length() + 7) // 8
        fair = (256**length // limit) * limit
        while True:
            number = int.from_bytes(self._take(length), "big")
            if number < fair:
                return number % limit

    def shuffled(self, items: Iterable[Item]) -> list[Item]:
        """The items in an order of chance (Fisher and Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
