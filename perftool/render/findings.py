"""Diagnostics as a list: where, which rule, what, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.diagnostic import Diagnostic

_OUTCOMES: Final = {"error": "fail", "warning": "warn", "info": "info"}


def findings(diagnostics: Sequence[Diagnostic]) -> tuple[doc.Items, ...]:
    """Return one list with every diagnostic in the report's order; nothing when there is none."""
    items = []
    for one in diagnostics:
        outcome = _OUTCOMES[one.severity]
        place = f"{one.span.path}:{one.span.line}:{one.span.column} " if one.span else ""
        help_ = f"; do: {one.help}" if one.help else ""
        items.append(doc.Item(f"{place}{one.code} {one.message}{help_}", doc.MARKS[outcome], doc.TONES[outcome]))
    return (doc.Items(tuple(items), "findings"),) if items else ()
