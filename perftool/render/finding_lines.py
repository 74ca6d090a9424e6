"""Findings as lines of a fixed width: where, which rule, the source line with what is wrong below it, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.excerpt import excerpt
from perftool.render.layout import MIN_WIDTH, Line, lines, wrap
from perftool.render.visible import to_ascii, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.diagnostic import Diagnostic, Severity
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

MOST_DRAWN: Final = 1000
"""Findings that are drawn with their source lines; those beyond take one line each: nobody looks through so many."""

TONES: Final[dict[Severity, doc.Tone]] = {"error": "bad", "warning": "warn", "info": "muted"}
_FIX: Final = "perftool lint --fix"
_LEAD: Final = "  do   "
_LEAST_EXCERPT: Final = 12


def with_findings(report: Report, document: doc.Document, options: RenderOptions) -> Iterator[Line]:
    """Yield every finding of ``report``, then ``document``, which says the rest, with its verdict at the end.

    A table per rule takes the place of the findings where ``statistics`` are wanted.
    """
    if not options.quiet and not options.statistics:
        yield from _findings(report, options)
    verdict = [block for block in document.blocks if isinstance(block, doc.Banner)]
    others = [block for block in document.blocks if not isinstance(block, doc.Banner)]
    yield from lines(doc.Document(document.title, (*others, *verdict)), options)


def one_line(one: Diagnostic) -> str:
    """Return ``path:line:column: CODE severity message``, which editors and grep understand."""
    place = f"{one.span.path}:{one.span.line}:{one.span.column}: " if one.span else ""
    return visible(f"{place}{one.code} {one.severity} {one.message}")


def finding_lines(one: Diagnostic, options: RenderOptions) -> Iterator[Line]:
    """Yield the lines of one finding, none wider than asked for."""
    columns = max(options.width, MIN_WIDTH)
    spell = to_ascii if options.ascii_only else str
    tone = TONES[one.severity]
    yield from _heading(one, columns, options)
    message = spell(visible(one.message))
    shown = list(_excerpt(one, message, columns, options))
    plain: list[Line] = [[("  " + text, "plain")] for text in wrap(message, columns - 2)]
    yield from shown or plain
    safe = one.fix is not None and one.fix.safe
    lead, room = _LEAD, columns - len(_LEAD)
    told = [text for part in (one.help or "").splitlines() for text in wrap(spell(visible(part)), room)]
    for number, text in enumerate(told):
        line: Line = [(lead, tone), (text, "plain")]
        lead = " " * len(_LEAD)
        if safe and number == len(told) - 1 and width(text) + len(_FIX) + 6 <= room:
            line.append((" " * 6 + _FIX, "muted"))
            safe = False
        yield line
    for text in wrap(_FIX, room) if safe else ():
        yield [(lead, tone), (text, "muted")]
        lead = " " * len(_LEAD)
    yield []


def _findings(report: Report, options: RenderOptions) -> Iterator[Line]:
    for number, one in enumerate(report.diagnostics):
        if number < MOST_DRAWN:
            yield from finding_lines(one, options)
            continue
        if number == MOST_DRAWN:
            yield [(f"the other {len(report.diagnostics) - MOST_DRAWN:,} in one line each:", "muted")]
        # Never wrapped: such lines are for grep and editors.
        yield [(to_ascii(one_line(one)) if options.ascii_only else one_line(one), TONES[one.severity])]
    if len(report.diagnostics) > MOST_DRAWN:
        yield []


def _heading(one: Diagnostic, columns: int, options: RenderOptions) -> Iterator[Line]:
    spell = to_ascii if options.ascii_only else str
    place = spell(visible(f"{one.span.path}:{one.span.line}:{one.span.column}")) if one.span else ""
    code, name = spell(visible(one.code)), spell(visible(one.name))
    rule: Line = [(code, TONES[one.severity]), (f" {name}" if name else "", "plain"), (f"  {one.severity}", "muted")]
    size = sum(width(text) for text, _ in rule)
    if width(place) + 2 + size <= columns:
        yield [(place, "strong"), ("  " if place else "", "plain"), *rule]
        return
    # A path is never cut: it is there to be copied.
    for text in wrap(place, columns) if place else ():
        yield [(text, "strong")]
    if size + 2 <= columns:
        yield [("  ", "plain"), *rule]
        return
    for text in wrap("".join(text for text, _ in rule), columns - 2):
        yield [("  " + text, TONES[one.severity])]


def _excerpt(one: Diagnostic, message: str, columns: int, options: RenderOptions) -> Iterator[Line]:
    """Yield the source line and below it, under a bar, the message; nothing where the source is not at hand."""
    span = one.span
    text = options.source(span.path, span.start, span.end) if span is not None and options.source is not None else None
    if span is None or text is None:
        return
    bar, stroke = ("|", "^") if options.ascii_only else ("│", "━")
    number = str(span.line)
    room = max(3, len(number))
    free = columns - room - 3
    if free < _LEAST_EXCERPT:
        return
    shown = excerpt(text, span, free, ascii_only=options.ascii_only)
    yield [
        (f"{number:>{room}} {bar} ", "muted"),
        (shown.before, "plain"),
        (shown.marked, "strong"),
        (shown.after, "plain"),
    ]
    left, size = width(shown.before), max(1, width(shown.marked))
    gutter = f"{'':>{room}} {bar} "
    # The stroke may stand behind the last character of a line that fills the width.
    left = min(left, free - size)
    under: Line = [(gutter, "muted"), (" " * left, "plain"), (stroke * size, TONES[one.severity])]
    if left + size + 1 + width(message) <= free:
        yield [*under, (" " + message, "plain")]
        return
    yield under
    for part in wrap(message, free):
        yield [(gutter, "muted"), (part, "plain")]
