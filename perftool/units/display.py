"""Numbers for people: a unit on each, and never more digits than the spread allows."""

from __future__ import annotations

import functools
import math
from typing import Final

from perftool.units.unit import is_binary, parts

_MOST_DIGITS: Final = 4
_FEWEST_DIGITS: Final = 2
_USUAL_DIGITS: Final = 3
_MINUS: Final = "−"

_SECONDS: Final = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_BYTES: Final = ((2.0**40, "TiB"), (2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B"))
_COUNTS: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "K"), (1.0, ""))
_LARGEST_PLAIN_COUNT: Final = 100_000
# What is this far beyond the largest prefix or below the smallest is written with an exponent.
_BEYOND: Final = 1e6
_BELOW: Final = 1e-3


def format_value(value: float, unit: str, spread: float | None = None) -> str:
    """Return ``value`` of ``unit`` for people: ``31.2 µs ± 1%``, ``18.4 KiB``, ``1,377``, ``32.1 K``.

    ``spread`` is half the interval as a fraction of the value (``inf``: no finite interval, printed ``± ∞``;
    None: nothing is known of it and nothing is said). It limits the digits: the last one stands at the first
    digit of the spread, between two and four significant digits in all.
    """
    text = _scaled(value, unit, _digits(spread))
    return text if spread is None else f"{text} ± {_spread(spread)}"


def format_duration(seconds: float) -> str:
    """Return a duration for people: ``340 ms``, ``12.4 s``, ``2 min 5 s``, ``1 h 3 min``."""
    if math.isfinite(seconds) and abs(seconds) >= 59.95:
        whole = round(abs(seconds))
        sign = _MINUS if seconds < 0 else ""
        hours, rest = divmod(whole, 3600)
        minutes, left = divmod(rest, 60)
        if hours:
            return f"{sign}{hours} h {minutes} min" if minutes else f"{sign}{hours} h"
        return f"{sign}{minutes} min {left} s" if left else f"{sign}{minutes} min"
    return _scaled(seconds, "sec", _USUAL_DIGITS)


def format_bytes(count: float) -> str:
    """Return a number of bytes for people: ``412 B``, ``18.4 KiB``."""
    return _scaled(count, "B", _USUAL_DIGITS)


def format_percent(fraction: float, *, signed: bool = False) -> str:
    """Return a fraction as per cent with one decimal, whole from 1000 %: ``25.5 %``, signed ``+25.5 %``."""
    if not math.isfinite(fraction):
        return _not_finite(fraction, signed=signed) + (" %" if math.isinf(fraction) else "")
    percent = abs(fraction * 100)
    digits = f"{percent:,.0f}" if percent >= 999.95 else f"{percent:.1f}"
    if fraction < 0 and float(digits.replace(",", "")):
        return f"{_MINUS}{digits} %"
    return f"{'+' if signed else ''}{digits} %"


def _digits(spread: float | None) -> int:
    """Return how many significant digits a relative ``spread`` allows, given that the first digit may be a 1."""
    if spread is None or not math.isfinite(spread):
        return _USUAL_DIGITS
    if spread <= 0:
        return _MOST_DIGITS
    return max(_FEWEST_DIGITS, min(_MOST_DIGITS, 1 - math.floor(math.log10(spread))))


def _spread(spread: float) -> str:
    if not math.isfinite(spread):
        return "∞"
    percent = abs(spread) * 100
    if percent >= 0.95 or percent < 0.05:
        return f"{percent:.0f}%"
    return f"{percent:.1f}%"


def _scaled(value: float, unit: str, digits: int) -> str:
    if not math.isfinite(value):
        return _not_finite(value, signed=False)
    steps, suffix = _steps(unit)
    sign = _MINUS if value < 0 else ""
    magnitude = abs(value)
    if steps is _COUNTS and magnitude < _LARGEST_PLAIN_COUNT and magnitude == int(magnitude) and not suffix:
        return f"{sign}{int(magnitude):,}"
    if not magnitude:
        return f"0 {'s' if steps is _SECONDS else steps[-1][1]}{suffix}".rstrip()
    for position, (factor, name) in enumerate(steps):
        # A value that rounds up to 1000 of a unit belongs to the next larger one.
        rounds_up_from = factor * (1 - 0.5 * 10.0**-digits)
        if magnitude >= rounds_up_from or position == len(steps) - 1:
            number = _number(magnitude / factor, digits, whole=name == "B")
            return f"{sign}{number} {name}{suffix}".rstrip()
    raise AssertionError("the last step takes every value")


def _number(number: float, digits: int, *, whole: bool) -> str:
    if _BELOW <= number < _BEYOND:
        return _significant(number, digits, whole=whole)
    mantissa, _, exponent = f"{number:.{digits - 1}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def _significant(number: float, digits: int, *, whole: bool) -> str:
    """Return ``number`` (usually 0 to 1024) with ``digits`` significant digits and no exponent."""
    if number == 0:
        return "0"
    if whole and number == int(number):
        return f"{number:.0f}"
    exponent = math.floor(math.log10(number))
    decimals = max(0, digits - 1 - exponent)
    text = f"{number:.{decimals}f}"
    if decimals and len(text.replace(".", "").lstrip("0")) > digits:  # 9.996 -> 10.00: rounded into one digit more
        text = f"{number:.{decimals - 1}f}"
    return text


@functools.lru_cache(maxsize=256)
def _steps(unit: str) -> tuple[tuple[tuple[float, str], ...], str]:
    """Return the prefixes for ``unit`` and what follows them: only bytes a second say their "/s" here."""
    numerator = [piece for piece, up in parts(unit) if up and piece not in "*/-"]
    denominator = [piece for piece, up in parts(unit) if not up and piece not in "*/-"]
    per_second = "/s" if denominator[:1] in (["s"], ["sec"]) else ""
    if is_binary(unit):
        return _BYTES, per_second
    if numerator and numerator[-1] in ("sec", "s", "seconds"):
        return _SECONDS, ""
    return _COUNTS, ""


def _not_finite(value: float, *, signed: bool) -> str:
    if math.isnan(value):
        return "?"
    return _MINUS + "∞" if value < 0 else ("+∞" if signed else "∞")
