"""The bytes of a profile's file: unpacked where it is gzipped, and never more than the memory is asked to hold."""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Enough for every reader to know its format.
HEAD_BYTES: Final = 65_536
#: The largest content that is taken into memory: profiles of hours are a tenth of it, packed bombs have no end.
MOST_BYTES: Final = 256 << 20
#: The most samples, functions and other entries of one file, and the most frames in all its different stacks.
MOST_ENTRIES: Final = 2_000_000
MOST_FRAMES: Final = 20_000_000
#: Content of more than this size that is packed more tightly than this holds nothing but repetitions.
_SMALL_BYTES: Final = 32 << 20
_TIGHTEST: Final = 300
_GZIP: Final = b"\x1f\x8b"


@contextmanager
def stream(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked where it is gzipped.

    raises: UsageError when it cannot be opened; InputError when what is packed in it is damaged, or its disk is.
    """
    try:
        plain = path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot open {path}: {(error.strerror or str(error)).lower()}") from error
    with plain:
        try:
            packed = plain.read(len(_GZIP)) == _GZIP
            plain.seek(0)
            if packed:
                with gzip.open(plain, "rb") as unpacked:
                    yield unpacked  # type: ignore[misc]  # a GzipFile reads as any binary file does
            else:
                yield plain
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError(f"{path}: what is packed in it is damaged: {_said(error)}") from error
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error


def head(path: Path) -> bytes:
    """Return the first bytes of a file's content.

    raises: as ``stream`` does.
    """
    with stream(path) as source:
        return source.read(HEAD_BYTES)


def content(path: Path, most: int | None = None) -> bytes:
    """Return the whole content of a file.

    raises: as ``stream`` does; InputError too when it is larger than ``most``, ``MOST_BYTES`` unless told otherwise.
    """
    limit = MOST_BYTES if most is None else most
    with stream(path) as source:
        data = source.read(limit + 1)
    if len(data) > limit:
        raise InputError(f"{path}: holds more than {limit >> 20} MiB, which is no profile that perftool reads")
    if len(data) > _SMALL_BYTES and len(data) > _TIGHTEST * path.stat().st_size:
        raise InputError(f"{path}: unpacks to more than {_TIGHTEST} times its size, which no profile does")
    return data


def _said(error: Exception) -> str:
    text = str(error)
    return text[:1].lower() + text[1:] if text else "it ends too early"
