"""Memory: what all the pictures that are being decoded at once may take, together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MB = 2**20
PICTURE_BYTES = 210 * MB
"""What decoding one picture may take. With its file it stays under 250 MB."""


class Allowance:
    """A number of bytes that threads share: who asks for more than is left waits.

    Args:
        total: The bytes. One who asks for more than that waits for all of them.
    """

    def __init__(self, total: int) -> None:
        self._total = self._left = total
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, amount: int) -> Iterator[None]:
        """Have ``amount`` bytes of it for as long as the context lasts."""
        amount = min(amount, self._total)
        with self._changed:
            self._changed.wait_for(lambda: amount <= self._left)
            self._left -= amount
        try:
            yield
        finally:
            with self._changed:
                self._left += amount
                self._changed.notify_all()


# Files are always taken before pixels, so that no two wait for each other.
FILES = Allowance(80 * MB)
PIXELS = Allowance(2 * PICTURE_BYTES)
