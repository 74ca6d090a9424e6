"""The base every part of a report shares."""

from __future__ import annotations

import msgspec


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable part of a report.

    All fields are written to JSON, defaults too, so that a reader never has to know a default. JSON has no
    infinity or NaN: a bound that does not exist is None.
    """
