"""Plain number text: the shortest digits that read back as the same double."""

from __future__ import annotations

import math


def plain(value: float) -> str:
    """Return ``value`` as Go prints a float64: ``0.0001``, ``1e-05``, ``999999``, ``1e+06``, ``+Inf``.

    source: Go package fmt, verb %v (shortest digits; exponent form below 1e-4 and from 1e6 here, as the digits
    of ``repr`` with the exponent threshold that benchstat's output shows)
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "-0" if math.copysign(1.0, value) < 0 else "0"
    sign = "-" if value < 0 else ""
    digits, exponent = _shortest(abs(value))
    if -4 <= exponent < 6:
        if exponent < 0:
            return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
        whole = digits[: exponent + 1].ljust(exponent + 1, "0")
        fraction = digits[exponent + 1 :]
        return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _shortest(value: float) -> tuple[str, int]:
    """Return the shortest digits of a positive ``value`` and the decimal exponent of the first of them."""
    mantissa, _, power = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    exponent = int(power or 0) + len(whole) - 1
    digits = whole + fraction
    leading = len(digits) - len(digits.lstrip("0"))
    return digits.strip("0"), exponent - leading
