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


def decode(data: bytes, shape: type[T], *, name: str, what: str, non_finite: bool = False) -> T:
    """Decode ``data`` into ``shape``; ``what`` names the format for the message.

    ``non_finite`` takes the words NaN, Infinity and -Infinity, which are no JSON but which some tools write.
    raises: InputError naming file and place when it is no JSON or has another shape.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        try:
            return msgspec.json.decode(data, type=shape)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError as error:
            if not non_finite or not (b"NaN" in data or b"Infinity" in data):
                raise
            return _with_non_finite(data, shape, error)
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


def _with_non_finite(data: bytes, shape: type[T], refused: msgspec.DecodeError) -> T:
    """Decode JSON with the words for numbers that are not finite.

    raises: ``refused``, or a DecodeError that says so where ``data`` ends too early.
    """
    import json

    try:
        found = json.loads(data.decode())
        # Half of a surrogate pair passes the standard library, and would then stop any output.
        json.dumps(found, ensure_ascii=False).encode()
        return msgspec.convert(found, shape)
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc) or error.msg.startswith("Unterminated"):
            raise msgspec.DecodeError("Input data was truncated") from error
        raise refused from error
    except (UnicodeDecodeError, msgspec.ValidationError):
        raise
    except ValueError as error:  # a whole number of thousands of digits, half of a surrogate pair
        raise refused from error


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
