"""Tell whether a record that was kept is still what was written: SQLite looks at its pages, not at what is in them."""

from __future__ import annotations

from typing import Final
from zlib import crc32

_SIZE: Final = 4


def sealed(record: bytes) -> bytes:
    """Return ``record`` with its checksum behind it."""
    return record + crc32(record).to_bytes(_SIZE, "little")


def unsealed(kept: object) -> bytes | None:
    """Return the record that ``kept`` was made of; None when it has been damaged since."""
    if not isinstance(kept, bytes) or len(kept) <= _SIZE:
        return None
    record = kept[:-_SIZE]
    return record if crc32(record).to_bytes(_SIZE, "little") == kept[-_SIZE:] else None
