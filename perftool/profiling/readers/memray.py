"""memray: files of ``memray run``, of ``memray attach`` and of the memray engine, aggregated ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.profiling import heap
from perftool.profiling.api import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.capture import Capture

_PLAIN: Final = b"memray"
_LZ4: Final = b"\x04\x22\x4d\x18"
"""What a file begins with once it was compressed: the magic number of an LZ4 frame.

source: LZ4 Frame Format Description, General Structure of LZ4 Frame format.
"""


def recognises(_name: str, head: bytes) -> bool:
    """Tell a file by its first bytes; nothing else that is read here is packed with LZ4."""
    return head.startswith((_PLAIN, _LZ4))


def read(path: Path) -> Capture:
    """Return everything that was allocated, with the peak and what was held at the end.

    raises: InputError when the file is damaged, UnavailableError without memray.
    """
    return heap.read(path).capture


READER: Final = Reader(name="memray", suffixes=(".bin",), recognises=recognises, read=read)
