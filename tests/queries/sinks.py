"""A sink that keeps what is written."""

from __future__ import annotations


class MemorySink:
    """Keeps bytes; ``lasting`` as it is told."""

    name = "memory"
    descriptor: int | None = None

    def __init__(self, *, lasting: bool = False) -> None:
        self.lasting = lasting
        self.data = bytearray()
        self.ended = ""
        self.restarts = 0

    def write(self, data: bytes) -> None:
        self.data += data

    def restart(self) -> None:
        self.restarts += 1
        self.data.clear()

    def commit(self) -> None:
        self.ended = "committed"

    def discard(self, *, keep: bool = False) -> str:
        if not self.ended:
            self.ended = "discarded"
        return ""
