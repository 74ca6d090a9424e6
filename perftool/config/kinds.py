"""Kinds of setting: read a value from TOML, the environment or the command line, and write it as TOML."""

from __future__ import annotations

import re
from typing import Final, Protocol

import msgspec

_DURATIONS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_SIZES = {
    "B": 1,
    "K": 1 << 10,
    "M": 1 << 20,
    "G": 1 << 30,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
}
# The collector counts in C's int.
_MOST_THRESHOLD = 2**31 - 1
# A password may hold slashes and signs that nobody escaped: the last @ is the one before the host.
_LOGIN = re.compile(r"//.*@")
_SECRET_OPTION = re.compile(r"([?&][^=&]*(?:pass|secret|token|key|auth)[^=&]*=)[^&]*", re.IGNORECASE)
_WORD = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([a-zA-Zµ%]*)\s*")


class Kind(Protocol):
    """How a setting's values look."""

    @property
    def name(self) -> str:
        """Say what a value is, for messages and documentation: 'a duration such as "20ms"'."""

    def read(self, value: object) -> object:
        """Return the typed value.

        raises: ValueError saying what was expected.
        """

    def write(self, value: object) -> str:
        """Return ``value`` as TOML."""


class Integer(msgspec.Struct, frozen=True):
    """A whole number in a range."""

    least: int = 0
    most: int | None = None

    @property
    def name(self) -> str:
        """Say what a value is."""
        upto = f" to {self.most}" if self.most is not None else " or more"
        return f"a whole number, {self.least}{upto}"

    def read(self, value: object) -> int:
        """Return the number; text counts, a boolean does not."""
        if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[0-9]{1,18}\s*", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < self.least:
            raise ValueError(self.name)
        if self.most is not None and value > self.most:
            raise ValueError(self.name)
        return value

    def write(self, value: object) -> str:
        """Return the digits."""
        return str(value)


class Duration(msgspec.Struct, frozen=True):
    """A time in seconds, written with a unit."""

    least_s: float = 0.0

    @property
    def name(self) -> str:
        """Say what a value is."""
        least = f", at least {_measure(self.least_s, _DURATIONS, 's')}" if self.least_s else ""
        return f'a duration such as "20ms" or "2s"{least}'

    def read(self, value: object) -> float:
        """Return seconds; a bare number is seconds."""
        seconds = _scaled(value, _DURATIONS, "s")
        if seconds is None or seconds < self.least_s:
            raise ValueError(self.name)
        return seconds

    def write(self, value: object) -> str:
        """Return the shortest form with a unit, quoted."""
        return f'"{_measure(float(str(value)), _DURATIONS, "s")}"'


class Thresholds(msgspec.Struct, frozen=True):
    """Three whole numbers, as gc.set_threshold takes them; none at all leaves what is set."""

    @property
    def name(self) -> str:
        """Say what a value is."""
        return 'three numbers such as "2000,10,10"'

    def read(self, value: object) -> tuple[int, ...]:
        """Return the numbers; text holds them between commas."""
        if isinstance(value, str):
            words: list[object] = [word.strip() for word in value.split(",")] if value.strip() else []
        elif isinstance(value, list | tuple):
            words = list(value)
        else:
            raise ValueError(self.name)
        if not words:
            return ()
        if len(words) != 3:
            raise ValueError(self.name)
        try:
            return tuple(Integer(0, _MOST_THRESHOLD).read(word) for word in words)
        except ValueError as error:
            raise ValueError(self.name) from error

    def write(self, value: object) -> str:
        """Return them between commas, quoted."""
        assert isinstance(value, tuple)
        return f'"{",".join(map(str, value))}"'


class Size(msgspec.Struct, frozen=True):
    """A number of bytes, written with a unit; K, M and G alone are KiB, MiB and GiB."""

    least: int = 1

    @property
    def name(self) -> str:
        """Say what a value is."""
        return 'a size such as "1MiB"'

    def read(self, value: object) -> int:
        """Return bytes; a bare number is bytes."""
        size = _scaled(value, _SIZES, "B")
        if size is None or size < self.least:
            raise ValueError(self.name)
        return int(size)

    def write(self, value: object) -> str:
        """Return the shortest form with a binary unit, quoted."""
        return f'"{_measure(float(str(value)), {k: v for k, v in _SIZES.items() if "i" in k or k == "B"}, "B")}"'


class Fraction(msgspec.Struct, frozen=True):
    """A share: a percentage in text, or a plain fraction."""

    most: float | None = None
    open_ends: bool = False

    @property
    def name(self) -> str:
        """Say what a value is."""
        if self.open_ends:
            return 'a share between 0 and 1 such as 0.05 or "5%"'
        return 'a percentage such as "20%" or a fraction such as 0.2'

    def read(self, value: object) -> float:
        """Return the fraction: "20%" is 0.2."""
        share = _scaled(value, {"%": 0.01}, "")
        if share is None or (self.most is not None and share > self.most):
            raise ValueError(self.name)
        if self.open_ends and not 0 < share < 1:
            raise ValueError(self.name)
        return share

    def write(self, value: object) -> str:
        """Return a percentage, quoted; open shares stay fractions as statistics has them."""
        return f"{value:g}" if self.open_ends else f'"{float(str(value)) * 100:.6g}%"'


class Flag:
    """True or false."""

    name: Final = "true or false"

    def read(self, value: object) -> bool:
        """Return the truth; text as environments have it counts."""
        if isinstance(value, bool):
            return value
        words = {
            "true": True,
            "1": True,
            "yes": True,
            "on": True,
            "false": False,
            "0": False,
            "no": False,
            "off": False,
        }
        if isinstance(value, str) and value.strip().lower() in words:
            return words[value.strip().lower()]
        raise ValueError(self.name)

    def write(self, value: object) -> str:
        """Return true or false."""
        return "true" if value else "false"


class Text:
    """Any text on one line."""

    name: Final = "text"

    def read(self, value: object) -> str:
        """Return the text."""
        if not isinstance(value, str) or "\n" in value:
            raise ValueError(self.name)
        return value

    def write(self, value: object) -> str:
        """Return the text as a TOML basic string."""
        return quote(str(value))


class DatabaseUrl:
    """Where a database is; what may be a password in it is never shown."""

    name: Final = "a database URL or file"

    def read(self, value: object) -> str:
        """Return the URL as it was written."""
        if not isinstance(value, str) or "\n" in value:
            raise ValueError(self.name)
        return value

    def write(self, value: object) -> str:
        """Return the URL as TOML, three stars for everything that stands before the host or in a secret option."""
        return quote(_SECRET_OPTION.sub(r"\1***", _LOGIN.sub("//***@", str(value))))


class Date:
    """A day, written YYYY-MM-DD; TOML's own dates count."""

    name: Final = 'a day such as "2026-12-31"'

    def read(self, value: object) -> str:
        """Return the day as ISO 8601 text."""
        from datetime import date, datetime

        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                pass
        raise ValueError(self.name)

    def write(self, value: object) -> str:
        """Return the day, quoted."""
        return quote(str(value))


class Choice(msgspec.Struct, frozen=True):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say what a value is."""
        return "one of " + ", ".join(self.words)

    def read(self, value: object) -> str:
        """Return the word."""
        if value not in self.words:
            raise ValueError(self.name)
        return str(value)

    def write(self, value: object) -> str:
        """Return the word, quoted."""
        return quote(str(value))


class Words:
    """A list of texts; one text with commas where lists cannot be written."""

    name: Final = "a list of texts"

    def read(self, value: object) -> tuple[str, ...]:
        """Return the texts."""
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
            return tuple(value)
        raise ValueError(self.name)

    def write(self, value: object) -> str:
        """Return a TOML array."""
        return "[" + ", ".join(quote(word) for word in value) + "]" if isinstance(value, tuple) else "[]"


class Pairs:
    """A list of names with values, "name=value"; a value may hold further equals signs."""

    name: Final = "a list of name=value"

    def read(self, value: object) -> tuple[str, ...]:
        """Return the pairs."""
        try:
            words = Words().read(value)
        except ValueError as error:
            raise ValueError(self.name) from error
        if all(word.partition("=")[0].strip() and "=" in word for word in words):
            return words
        raise ValueError(self.name)

    def write(self, value: object) -> str:
        """Return a TOML array."""
        return Words().write(value)


class Several(msgspec.Struct, frozen=True):
    """Any number of a few words, each once."""

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say what a value is."""
        return "a list of " + ", ".join(self.words)

    def read(self, value: object) -> tuple[str, ...]:
        """Return the words in their own order, however they were given."""
        try:
            given = Words().read(value)
        except ValueError:
            raise ValueError(self.name) from None
        if not set(given) <= set(self.words):
            raise ValueError(self.name)
        return tuple(word for word in self.words if word in given)

    def write(self, value: object) -> str:
        """Return a TOML array."""
        return Words().write(value)


def quote(text: str) -> str:
    """Return ``text`` as a TOML basic string."""
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(short.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'


def _scaled(value: object, units: dict[str, float] | dict[str, int], bare: str) -> float | None:
    """Return a finite number ≥ 0 times its unit, None when ``value`` is none; ``bare`` is the unit of a bare number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value < 1e15 else None
    match = _WORD.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    number, unit = float(match[1]), match[2]
    if unit in ("", bare):
        return number if number < 1e15 else None
    factor = units.get(unit)
    # Dividing by the whole number keeps "20ms" at exactly 0.02; multiplying by 1e-3 would not always.
    if factor is None or number >= 1e15:
        return None
    return number * factor if factor >= 1 else number / round(1 / factor)


def _measure(value: float, units: dict[str, float] | dict[str, int], bare: str) -> str:
    """Write ``value`` with the largest unit that keeps it at 1 or more."""
    fitting = [(factor, unit) for unit, factor in units.items() if factor <= value and unit != "us"]
    factor, unit = max(fitting, default=(1, bare))
    return f"{value / factor:.6g}{unit}"
