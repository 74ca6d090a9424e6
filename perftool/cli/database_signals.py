"""Signals that end work on a database in order: what runs on a server is cancelled there."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM be like Ctrl-C for the time of a ``with`` block; for the main thread."""

    def hear(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
