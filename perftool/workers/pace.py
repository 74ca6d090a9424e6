"""Let long work say that it goes on: an item of many parts is given its whole time for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def renew() -> None:
    """Begin the running item's time anew; nothing happens outside of a worker process."""
    _renew()


def bind(function: Callable[[], None]) -> None:
    """Make ``function`` what ``renew`` calls in this process."""
    global _renew
    _renew = function


def _nothing() -> None:
    return


_renew: Callable[[], None] = _nothing
