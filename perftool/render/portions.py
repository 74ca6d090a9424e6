"""Join short texts to portions that are worth a write of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SIZE: Final = 1 << 16


def portions(texts: Iterable[str]) -> Iterator[str]:
    """Yield all of ``texts`` in order, joined until each portion has some 64,000 characters; no empty portion."""
    gathered: list[str] = []
    size = 0
    for text in texts:
        gathered.append(text)
        size += len(text)
        if size >= _SIZE:
            yield "".join(gathered)
            gathered.clear()
            size = 0
    if size:
        yield "".join(gathered)
