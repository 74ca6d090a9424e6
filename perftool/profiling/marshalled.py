"""The plain values of Python's marshal format, read without the interpreter's own reader.

That one may crash on bytes that were made to crash it, and takes what it is told for sizes; profiles come from
anywhere.

source: CPython, Python/marshal.c, format versions 2 to 5.
"""

from __future__ import annotations

import struct
from typing import Final, TypeAlias

#: What a dictionary is read as: nothing here is hashed, because hashing shared tuples may take for ever.
Pairs: TypeAlias = "list[tuple[Value, Value]]"
Value: TypeAlias = "bool | int | float | str | bytes | tuple[Value, ...] | Pairs | None"

_REFERABLE: Final = 0x80
_DEEPEST: Final = 50
#: Ten values and more make one function of a profile.
_MOST_VALUES: Final = 10_000_000
#: Integers of more digits than this (of 15 bits each) count nothing that a profile counts.
_MOST_DIGITS: Final = 10
_CONSTANTS: Final[dict[str, bool | None]] = {"N": None, "T": True, "F": False}
_TEXTS: Final = {"t": "utf-8", "u": "utf-8", "a": "ascii", "A": "ascii", "z": "ascii", "Z": "ascii", "s": ""}


class DamagedError(ValueError):
    """Bytes that are no plain value; ``at`` is the offset of the first that does not fit."""

    def __init__(self, at: int, what: str) -> None:
        super().__init__(f"byte {at}: {what}")
        self.at = at
        self.what = what


def value_of(data: bytes) -> Value:
    """Return the value that ``data`` begins with.

    raises: DamagedError for anything but plain values: None, numbers, texts, tuples and dictionaries.
    """
    return _Reader(data).value(0)


class _Pending:
    """Stands for a value that is not complete yet and must not be referred to."""


class _End:
    """What ends a dictionary."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._count = 0
        self._known: list[Value | _Pending] = []

    def value(self, depth: int) -> Value:
        found = self._next(depth)
        if isinstance(found, _End):
            raise DamagedError(self._at - 1, "a value is missing")
        return found

    def _next(self, depth: int) -> Value | _End:
        began = self._at
        byte = self._bytes(1)[0]
        code = chr(byte & ~_REFERABLE)
        self._count += 1
        if self._count > _MOST_VALUES:
            raise DamagedError(began, f"it holds more than {_MOST_VALUES} values")
        if depth > _DEEPEST:
            raise DamagedError(began, "it is nested too deeply")
        if code == "0":
            return _End()
        if code == "r":
            return self._referred(began)
        place = len(self._known)
        if byte & _REFERABLE:
            self._known.append(_Pending())
        found = self._plain(code, began, depth)
        if byte & _REFERABLE:
            self._known[place] = found
        return found

    def _plain(self, code: str, began: int, depth: int) -> Value:
        if code in _CONSTANTS:
            return _CONSTANTS[code]
        if code == "i":
            return int.from_bytes(self._bytes(4), "little", signed=True)
        if code == "l":
            return self._long(began)
        if code == "g":
            (number,) = struct.unpack("<d", self._bytes(8))
            return float(number)
        if code in _TEXTS:
            return self._text(code, began)
        if code in "()":
            size = self._bytes(1)[0] if code == ")" else self._size()
            self._check(size, began)
            return tuple([self.value(depth + 1) for _ in range(size)])
        if code == "{":
            return self._pairs(depth)
        raise DamagedError(began, f"no plain value is marked {code!r}")

    def _pairs(self, depth: int) -> Pairs:
        found: Pairs = []
        while not isinstance(key := self._next(depth + 1), _End):
            found.append((key, self.value(depth + 1)))
        return found

    def _text(self, code: str, began: int) -> str | bytes:
        size = self._bytes(1)[0] if code in "zZ" else self._size()
        self._check(size, began)
        data = self._bytes(size)
        return data.decode(_TEXTS[code], "surrogateescape") if _TEXTS[code] else data

    def _long(self, began: int) -> int:
        (size,) = struct.unpack("<i", self._bytes(4))
        if abs(size) > _MOST_DIGITS:
            raise DamagedError(began, "a number has too many digits")
        digits: tuple[int, ...] = struct.unpack(f"<{abs(size)}H", self._bytes(2 * abs(size)))
        value = sum(digit << (15 * place) for place, digit in enumerate(digits))
        return -value if size < 0 else value

    def _referred(self, began: int) -> Value:
        at = self._size()
        found = self._known[at] if 0 <= at < len(self._known) else _Pending()
        if isinstance(found, _Pending):
            raise DamagedError(began, f"value {at} is referred to, which is not there")
        return found

    def _size(self) -> int:
        return int.from_bytes(self._bytes(4), "little", signed=True)

    def _check(self, size: int, began: int) -> None:
        left = len(self._data) - self._at
        if not 0 <= size <= left:
            raise DamagedError(began, f"{size} are announced and {left} bytes are left")

    def _bytes(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise DamagedError(len(self._data), "it ends too early")
        self._at += size
        return taken
