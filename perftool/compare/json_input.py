"""JSON inputs: read within a bound, decoded into a declared shape, refused in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar

import msgspec

from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_BYTES: Final = 256 << 20
_CHUNK_BYTES: Final = 1 << 20

T = TypeVar("T")


def load(stream: BinaryIO, name: str) -> bytes:
    """Return all of ``stream``; JSON can only be understood whole.

    raises: InputError when it is larger than any result file should be.
    """
    pieces: list[bytes] = []
    length = 0
    while piece := stream.read(_CHUNK_BYTES):
        length += len(piece)
        if length > LIMIT_BYTES:
            raise InputError(f"{name}: the JSON is larger than {LIMIT_BYTES >> 20} MiB", hint="is this the right file?")
        pieces.append(piece)
    return b"".join(pieces)


def decode(data: bytes, shape: type[T], *, name: str, what: str) -> T:
    """Decode ``data`` into ``shape``; ``what`` names the format for the message.

    raises: InputError naming file and place when it is no JSON or has another shape.
    """
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=shape)
    except msgspec.ValidationError as error:
        text = str(error)
        raise InputError(f"{name}: not a usable {what} file: {text[:1].lower()}{text[1:]}") from error
    except msgspec.DecodeError as error:
        if "truncated" in str(error):
            raise InputError(
                f"{name}: the JSON ends too early (byte {len(data)})", hint="the file was cut off: write it again"
            ) from error
        raise InputError(f"{name}: not JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 text (byte {error.start})") from error
    except RecursionError:
        raise InputError(f"{name}: nested too deeply to be results") from None


def has_keys(head: bytes, *keys: str) -> bool:
    """Tell whether ``head`` begins a JSON object in which all of ``keys`` appear as keys somewhere."""
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    return all(f'"{key}"'.encode() in head for key in keys)


def facts(**pairs: str | None) -> tuple[tuple[str, str], ...]:
    """Return the pairs that have a value."""
    return tuple((key, value) for key, value in pairs.items() if value)


def parameters(values: Mapping[str, object]) -> str:
    """Return parameters as parts of a benchmark name: ``/size=10/mode=fast``."""
    return "".join(f"/{key}={value}" for key, value in values.items())
