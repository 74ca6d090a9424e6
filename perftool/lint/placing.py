"""Give findings their places in the file and make them the diagnostics of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.diagnostic import Diagnostic, Fix, Severity, Span, TextEdit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.lint.api import Finding
    from perftool.lint.records import Layout, Placed


def span(path: str, statement: Placed, layout: Layout | None, start: int, end: int) -> Span:
    """Return where the characters ``start`` to ``end`` of a statement stand in its file."""
    if layout is None:
        return Span(path=path, start=statement.start, end=statement.end, line=statement.line, column=statement.column)
    first, last = layout.place(start), layout.place(end)
    return Span(
        path=path,
        start=statement.start + layout.offset(start),
        end=statement.start + layout.offset(end),
        line=statement.line + first[0],
        column=first[1] + (statement.column if first[0] == 0 else 1),
        end_line=statement.line + last[0],
        end_column=last[1] + (statement.column if last[0] == 0 else 1),
    )


def diagnostic(
    path: str,
    code: str,
    name: str,
    severity: Severity,
    finding: Finding,
    statement: Placed,
    ordinal: int,
    rewritten: Sequence[tuple[int, int]] = (),
) -> Diagnostic:
    """Return the diagnostic of a finding; ``ordinal`` counts those of the same code in statements of the same text.

    It has a fix only where the file holds what was read: not where a template's text was made up, nor where an edit
    would reach into the bytes ``rewritten``.
    """
    layout = statement.record.layout
    fix = None
    made_up = statement.record.replaced
    touched = any(a <= edit.end and edit.start <= b for edit in finding.edits for a, b in made_up)
    if finding.edits and layout is not None and not touched:
        edits = tuple(
            TextEdit(
                start=statement.start + layout.offset(edit.start),
                end=statement.start + layout.offset(edit.end),
                text=edit.text,
            )
            for edit in finding.edits
        )
        if not (rewritten and _reaches(edits, rewritten)):
            fix = Fix(edits=edits, safe=finding.safe)
    return Diagnostic(
        code=code,
        name=name,
        severity=severity,
        message=finding.message,
        span=span(path, statement, layout, finding.start, finding.end),
        help=finding.help or None,
        fix=fix,
        key=f"{code}:{statement.record.digest}:{ordinal}",
    )


def _reaches(edits: Sequence[TextEdit], ranges: Sequence[tuple[int, int]]) -> bool:
    return any(edit.start < end and start < edit.end for edit in edits for start, end in ranges)
