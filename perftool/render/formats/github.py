"""GitHub workflow commands: findings as annotations of a run, and the verdict in its log.

source: docs.github.com, "Workflow commands for GitHub Actions"; a step shows at most 10 annotations of each level
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from perftool.render.api import Format
from perftool.render.document import MARKS
from perftool.render.visible import to_ascii, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.diagnostic import Span
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_MOST: Final = 10
_LEVELS: Final = {"fail": "error", "warn": "warning", "inconclusive": "warning", "pass": "notice"}
_SEVERITIES: Final = {"error": "error", "warning": "warning", "info": "notice"}
Finding = tuple[str, str, str, str]


def render(report: Report, options: RenderOptions) -> str:
    """Return at most ten annotations of each level, the first of each kind, then one line with the verdict."""
    verdict = report.verdict
    level = "error" if verdict.undecidable else _LEVELS[verdict.outcome]
    kept: dict[str, list[Finding]] = {"error": [], "warning": [], "notice": []}
    counts = dict.fromkeys(kept, 0)
    for one in () if options.quiet else chain(_diagnostics(report), _FINDINGS[report.kind](report)):
        counts[one[0]] += 1
        # The verdict is an annotation too and must not be the eleventh.
        if counts[one[0]] <= (_MOST - 1 if level == one[0] else _MOST):
            kept[one[0]].append(one)
    lines: list[str] = []
    for wanted, members in kept.items():
        lines += [_command(*f) for f in members]
        if counts[wanted] > len(members):
            lines.append(f"{counts[wanted] - len(members)} more: {wanted}s beyond the {_MOST} that GitHub shows")
    summary = "; ".join([f"{MARKS[verdict.outcome]} {verdict.headline}", *_unseen(report)])
    lines.append(_command(level, "perftool", summary, ""))
    text = "\n".join(lines) + "\n"
    return to_ascii(text) if options.ascii_only else text


def _unseen(report: Report) -> tuple[str, ...]:
    return report.verdict.reasons[:3] if report.verdict.undecidable else ()


def _command(level: str, title: str, message: str, place: str) -> str:
    lead = f"{place}," if place else ""
    # The lines of a message are kept apart; whatever else cannot be seen is spelled out.
    text = "\n".join(map(visible, message.split("\n")))
    return f"::{level} {lead}title={_property(visible(title))}::{_message(text)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _compare(report: Report) -> Iterator[Finding]:
    from perftool.model.comparison import ComparisonPayload
    from perftool.render.gated import judged

    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    several = len(payload.columns) > 2
    for one in judged(payload):
        if one.gates and one.change.outcome in ("fail", "warn", "inconclusive"):
            title = f"perftool: {one.name}" + (f" ({one.column})" if several else "")
            yield (_LEVELS[one.change.outcome], title, one.text, "")
    for one_sided in payload.unmatched:
        # Whether it fails is told by the verdict alone.
        failing = any(reason.startswith(f"{MARKS['fail']} {one_sided.name}: ") for reason in report.verdict.reasons)
        text = f"{one_sided.name} ({one_sided.unit}) is {one_sided.state}: not in {one_sided.column}"
        if one_sided.reason:
            text = f"{one_sided.name} cannot be measured in {one_sided.column}: {one_sided.reason}"
        yield ("error" if failing else "warning", f"perftool: {one_sided.state} benchmark", text, "")
    yield from _warnings(report)


def _history(report: Report) -> Iterator[Finding]:
    from perftool.model.history import HistoryPayload

    payload = report.payload
    assert isinstance(payload, HistoryPayload)
    levels = {"✗": "error", "⚠": "warning"}
    for reason in report.verdict.reasons:
        mark, _, text = reason.partition(" ")
        if mark != MARKS["pass"]:
            yield (levels.get(mark, "warning"), "perftool: history", text if mark in levels else reason, "")
    yield from _warnings(report)


def _bench(report: Report) -> Iterator[Finding]:
    from perftool.model.bench import BenchPayload

    payload = report.payload
    assert isinstance(payload, BenchPayload)
    for skipped in payload.skipped:
        yield ("warning", f"perftool: {skipped.suite}/{skipped.case} skipped", skipped.reason, "")
    yield from _warnings(report)


def _inspect(report: Report) -> Iterator[Finding]:
    from perftool.model.listing import InspectPayload

    payload = report.payload
    assert isinstance(payload, InspectPayload)
    for statement in payload.statements:
        if statement.error is not None:
            place = f"file={_property(visible(statement.path))},line={statement.line}"
            yield ("warning", "perftool: statement not analysed", statement.error, place)
    yield from _warnings(report)


def _lint(report: Report) -> Iterator[Finding]:
    from perftool.model.lint import LintPayload

    payload = report.payload
    assert isinstance(payload, LintPayload)
    for skipped in payload.skipped:
        yield ("warning", "perftool: file not looked at", skipped.reason, f"file={_property(visible(skipped.path))}")
    yield from _warnings(report)


def _diagnostics(report: Report) -> Iterator[Finding]:
    for one in report.diagnostics:
        title = f"perftool: {one.code} {one.name}".rstrip()
        text = "; ".join(t for t in (one.message, one.help) if t)
        yield (_SEVERITIES[one.severity], title, text, _place(one.span) if one.span else "")


def _place(span: Span) -> str:
    """Return where ``span`` is; over several lines GitHub takes no columns, and the first column says more."""
    place = f"file={_property(visible(span.path))},line={span.line}"
    if span.end_column and span.end_line == span.line:
        return f"{place},endLine={span.end_line},col={span.column},endColumn={span.end_column}"
    return f"{place},col={span.column}"


def _warnings(report: Report) -> Iterator[Finding]:
    for warning in report.warnings:
        title = f"perftool: {warning.subject or warning.code}"
        yield ("warning", title, warning.message, "")


_FINDINGS = {"bench": _bench, "compare": _compare, "history": _history, "inspect": _inspect, "lint": _lint}

FORMAT = Format(name="github", suffixes=(), kinds=frozenset(_FINDINGS), render=render)
