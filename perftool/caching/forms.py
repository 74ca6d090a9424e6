"""Rows of a result as bytes and back, equal in value and type: the first byte says in which form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from perftool.caching import arrow_form, json_form
from perftool.caching.keys import UncachableError
from perftool.discovery import unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = tuple[Any, ...]
Rows = tuple[tuple[str, ...], list[Row]]

_JSON: Final = b"J"
_ARROW: Final = b"A"


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write rows. ``encode`` raises UncachableError where a value would not come back as it is."""

    name: str
    encode: Callable[[Sequence[str], Sequence[Row]], bytes]


def _json(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    return _JSON + json_form.encode(columns, rows)


def _arrow(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return the rows in Arrow's form, in JSON's where a column mixes types."""
    try:
        return _ARROW + arrow_form.encode(columns, rows)
    except arrow_form.MixedError:
        return _json(columns, rows)


FORMS: Final = {form.name: form for form in (Form("json", _json), Form("arrow", _arrow))}


def form(name: str) -> Form:
    """Return the form with this name.

    raises: UsageError for another name, UnavailableError (with the install line) where Arrow is missing.
    """
    if name not in FORMS:
        raise unknown("form of kept results", name, tuple(FORMS))
    if name == "arrow":
        arrow_form.check()
    return FORMS[name]


def decode(data: bytes) -> Rows:
    """Return the columns and rows of what a form wrote, whichever it was.

    raises: UncachableError for bytes that none of them wrote; nothing in them is ever executed.
    """
    # A view: a large result is not copied to take its first byte off.
    body = memoryview(data)[1:]
    if data[:1] == _JSON:
        return json_form.decode(body)
    if data[:1] == _ARROW:
        return arrow_form.decode(body)
    raise UncachableError("not in a form of ours")
