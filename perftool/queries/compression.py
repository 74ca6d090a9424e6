"""Compression around a stream, piece by piece."""

from __future__ import annotations

from typing import Any, Final, Protocol

from perftool.errors import UsageError, missing_extra

KINDS: Final = ("gzip", "zstd")
SUFFIXES: Final = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}


class Compressor(Protocol):
    """Takes pieces, gives compressed ones."""

    def compress(self, data: bytes) -> bytes:
        """Take ``data`` and return what is ready, which may be nothing."""

    def flush(self) -> bytes:
        """Return the end."""


class _None:
    def compress(self, data: bytes) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


def split(name: str) -> tuple[str, str]:
    """Return the name of a file without the suffix of a compression, and that compression, "" for none."""
    for suffix, kind in SUFFIXES.items():
        if name.lower().endswith(suffix):
            return name[: -len(suffix)], kind
    return name, ""


def compressor(kind: str, level: int | None = None) -> Compressor:
    """Return what compresses as ``kind``: "" passes everything on.

    gzip is at level 1 if ``level`` is None: its usual 6 takes longer than most databases take for the rows.
    raises: UsageError for another kind or level, UnavailableError where zstandard is missing.
    """
    if not kind:
        return _None()
    if kind == "gzip":
        import zlib

        # 16 more than the window's bits: with gzip's header, which holds no time and no name, and its trailer.
        return zlib.compressobj(_level(1 if level is None else level, 1, 9), zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    if kind == "zstd":
        try:
            import zstandard
        except ImportError as error:
            raise missing_extra("zstandard", "stream") from error
        made: Any = zstandard.ZstdCompressor(level=_level(3 if level is None else level, 1, 22)).compressobj()
        return made  # type: ignore[no-any-return]
    raise UsageError(f"no compression named {kind!r}", hint="known: " + ", ".join(KINDS))


def _level(level: int, least: int, most: int) -> int:
    if not least <= level <= most:
        raise UsageError(f"--level {level}: from {least} to {most}")
    return level
