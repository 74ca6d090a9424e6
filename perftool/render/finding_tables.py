"""Tables of a lint run: what each rule found, what each rule cost, and the worst findings for those who skim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.figures import count, percent
from perftool.units.display import format_value

if TYPE_CHECKING:
    from perftool.model.diagnostic import Diagnostic, Severity
    from perftool.model.lint import LintPayload, RuleCount
    from perftool.model.report import Report

SHOWN: Final = 30
FOLDED: Final = 120
"""Findings of a pull request's comment, and those folded away below: it may have 65,536 characters."""

_OUTCOMES: Final[dict[Severity, str]] = {"error": "fail", "warning": "warn", "info": "info"}
_FIXABLE: Final = "[*]"


def severity(one: Severity) -> doc.Cell:
    """Return a severity with its mark."""
    outcome = _OUTCOMES[one]
    return doc.Cell(f"{doc.MARKS[outcome]} {one}", doc.TONES[outcome])


def by_rule(payload: LintPayload) -> doc.Table:
    """Return how often each rule spoke, the most frequent one first."""
    found = sorted((r for r in payload.rules if r.count), key=lambda r: (-r.count, r.code))
    total = sum(r.count for r in found) or 1
    rows = tuple(
        doc.TableRow(
            (
                doc.Cell(r.code),
                doc.Cell(r.name),
                severity(r.severity),
                doc.Cell(f"{r.count:,}"),
                doc.Cell(percent(r.count / total, signed=False)),
                doc.Cell(_fixable(r)),
            )
        )
        for r in found
    )
    columns = (
        doc.Column("rule", "left"),
        doc.Column("name", "left", flexible=True, drop=3),
        doc.Column("severity", "left", drop=2),
        doc.Column("findings"),
        doc.Column("share", drop=4),
        doc.Column("safe fix", drop=1),
    )
    return doc.Table(columns, rows)


def by_time(payload: LintPayload) -> doc.Table | None:
    """Return what each rule that was called took, the dearest first; None unless the time of rules was asked for."""
    called = [one for one in payload.times if one.calls]
    if not called:
        return None
    total = sum(one.seconds for one in called)
    rows = tuple(
        doc.TableRow(
            (
                doc.Cell(one.code),
                doc.Cell(one.name),
                doc.Cell(format_value(one.seconds, "sec")),
                doc.Cell(percent(one.seconds / total, signed=False) if total else ""),
                doc.Cell(f"{one.calls:,}"),
                doc.Cell(f"{one.findings:,}"),
            )
        )
        for one in called
    )
    columns = (
        doc.Column("rule", "left"),
        doc.Column("name", "left", flexible=True, drop=3),
        doc.Column("CPU time"),
        doc.Column("share", drop=2),
        doc.Column("calls", drop=4),
        doc.Column("findings", drop=1),
    )
    return doc.Table(columns, rows)


def by_file(payload: LintPayload) -> doc.Table:
    """Return what was decided for each file."""
    rows = tuple(
        doc.TableRow(
            (
                doc.Cell(one.path),
                doc.Cell(one.dialect or "any"),
                doc.Cell(one.reason, "muted"),
                doc.Cell(" ".join(one.sets)),
                doc.Cell(f"{one.statements:,}"),
            )
        )
        for one in payload.details
    )
    columns = (
        doc.Column("file", "left", flexible=True, path=True),
        doc.Column("dialect", "left"),
        doc.Column("because", "left", flexible=True, drop=2),
        doc.Column("rules for", "left", flexible=True, drop=1),
        doc.Column("statements", drop=3),
    )
    return doc.Table(columns, rows)


def worst(report: Report) -> list[doc.Block]:
    """Return the worst findings in the order of files and lines, the next ones folded, the rest counted.

    cost: one pass, with as many findings in memory as are shown.
    """
    kept: dict[Severity, list[tuple[int, Diagnostic]]] = {"error": [], "warning": [], "info": []}
    for number, one in enumerate(report.diagnostics):
        if len(kept[one.severity]) < SHOWN + FOLDED:
            kept[one.severity].append((number, one))
    ranked = [*kept["error"], *kept["warning"], *kept["info"]][: SHOWN + FOLDED]
    if not ranked:
        return []
    ordered = [*sorted(ranked[:SHOWN], key=_number), *sorted(ranked[SHOWN:], key=_number)]
    rows = tuple(_row(one, folded=place >= SHOWN) for place, (_, one) in enumerate(ordered))
    columns = tuple(doc.Column(title, "left") for title in ("severity", "place", "rule", "finding", "what to do"))
    folded = count(len(ranked) - SHOWN, "more finding") if len(ranked) > SHOWN else ""
    blocks: list[doc.Block] = [doc.Table(columns, rows, fold_title=folded)]
    if len(report.diagnostics) > len(ranked):
        left_out = len(report.diagnostics) - len(ranked)
        blocks.append(doc.Note(f"{count(left_out, 'finding')} more in the report of the run", "muted"))
    return blocks


def _number(one: tuple[int, Diagnostic]) -> int:
    return one[0]


def _row(one: Diagnostic, *, folded: bool) -> doc.TableRow:
    place = f"{one.span.path}:{one.span.line}:{one.span.column}" if one.span else ""
    fix = f" {_FIXABLE}" if one.fix is not None and one.fix.safe else ""
    cells = (
        severity(one.severity),
        doc.Cell(place),
        doc.Cell(f"{one.code} {one.name}".rstrip() + fix),
        doc.Cell(one.message),
        doc.Cell(" ".join((one.help or "").split("\n"))),
    )
    return doc.TableRow(cells, folded=folded)


def _fixable(rule: RuleCount) -> str:
    if not rule.fixable:
        return ""
    return _FIXABLE if rule.fixable == rule.count else f"{rule.fixable:,} {_FIXABLE}"
