"""JUnit XML: a test case per gating row of a comparison, per case of a benchmark run, or per finding of a lint run.

source: the Jenkins schema (junit-10.xsd), which GitLab, Azure and others read
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.render.api import Format
from perftool.render.document import MARKS
from perftool.render.visible import to_ascii, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.model.diagnostic import Diagnostic, Severity
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

# Characters that XML 1.0 cannot hold at all, not even as references.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VERDICT: Final = "perftool.verdict"
_SKIPPED: Final = "perftool.skipped"


class Test(NamedTuple):
    """One test case; ``state`` is pass, skipped or failure, and ``kind`` the type of a failure."""

    suite: str
    name: str
    state: str
    message: str
    kind: str = "regression"


class Tally(NamedTuple):
    """How many test cases there are, and how many of them failed or were skipped."""

    tests: int
    failures: int
    skipped: int


def render(report: Report, options: RenderOptions) -> str:
    """Return one test suite per suite, table or file; failures are regressions or findings, skipped ones undecided."""
    return "".join(pieces(report, options))


def pieces(report: Report, options: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.render.portions import portions

    suites: Iterable[tuple[str, Iterable[Test]]]
    if report.kind == "lint":
        tallies, suites = _tallies(report), _linted(report)
    else:
        gathered: dict[str, list[Test]] = {}
        for test in _compared(report) if report.kind == "compare" else _measured(report):
            gathered.setdefault(test.suite, []).append(test)
        tallies, suites = [_tally(members) for members in gathered.values()], gathered.items()
    lines = (line + "\n" for line in _document(tallies, suites, report.created.removesuffix("Z")))
    return portions(to_ascii(line) for line in lines) if options.ascii_only else portions(lines)


def _document(tallies: list[Tally], suites: Iterable[tuple[str, Iterable[Test]]], when: str) -> Iterator[str]:
    """Yield the lines of the document; ``tallies`` are those of ``suites``, which are walked once."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    whole = Tally(*map(sum, zip(*tallies, strict=True))) if tallies else Tally(0, 0, 0)
    yield f"<testsuites {_counts(whole)} name={_quoted('perftool')}>"
    for tally, (name, members) in zip(tallies, suites, strict=True):
        # A suite has a number of skipped tests, all suites together have not.
        facts = f'{_counts(tally)} skipped="{tally.skipped}" timestamp={_quoted(when)}'
        yield f"  <testsuite name={_quoted(name)} {facts}>"
        for test in members:
            yield from _case(test)
        yield "  </testsuite>"
    yield "</testsuites>"


def _case(test: Test) -> Iterator[str]:
    suite, case, state, message, kind = test
    head = f"    <testcase classname={_quoted(suite)} name={_quoted(case)}"
    if state == "pass":
        yield head + (f"><system-out>{_escaped(message)}</system-out></testcase>" if message else "/>")
    elif state == "skipped":
        yield head + f"><skipped message={_quoted(message)}/></testcase>"
    else:
        # What a finding says first is enough of a title; the text below it has all.
        title = message if kind == "regression" else message.partition("\n")[0]
        told = f"type={_quoted(kind)} message={_quoted(title)}"
        yield head + f"><failure {told}>{_escaped(message)}</failure></testcase>"


def _compared(report: Report) -> Iterator[Test]:
    from perftool.model.comparison import ComparisonPayload
    from perftool.render.gated import judged

    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    several = len(payload.columns) > 2
    for one in judged(payload):
        if not one.gates or one.change.outcome == "info":
            continue
        state = {"fail": "failure", "inconclusive": "skipped"}.get(one.change.outcome, "pass")
        suite = f"perftool.{one.unit}" + (f" {one.table}" if one.table else "")
        yield Test(suite, one.name + (f" ({one.column})" if several else ""), state, one.text)
    yield _concluded(report)


def _concluded(report: Report) -> Test:
    # A verdict that no row explains (missing benchmarks, nothing decided) must not get lost.
    failed = report.verdict.outcome == "fail" or report.verdict.undecidable
    kind = "regression" if report.kind == "compare" else "verdict"
    return Test(_VERDICT, "verdict", "failure" if failed else "pass", _verdict(report), kind)


def _verdict(report: Report) -> str:
    return "\n".join(
        [f"{MARKS[report.verdict.outcome]} {report.verdict.headline}", *map(visible, report.verdict.reasons)]
    )


def _linted(report: Report) -> Iterator[tuple[str, Iterable[Test]]]:
    """Yield the findings of each file, then the verdict: a run without findings has one case, which passes."""
    failing = _failing(report)
    for path, members in groupby(report.diagnostics, _path):
        yield path, (_finding(path, one, failing) for one in members)
    if skipped := _skipped(report):
        yield _SKIPPED, skipped
    yield _VERDICT, [_concluded(report)]


def _finding(path: str, one: Diagnostic, failing: frozenset[Severity]) -> Test:
    span = one.span
    place = f"{path}:{span.line}:{span.column}: " if span else ""
    lines = [f"{place}{one.code} {one.severity} {one.message}"]
    if one.help:
        lines.append(f"do: {one.help}")
    where = f" {span.line}:{span.column}" if span else ""
    state = "failure" if one.severity in failing else "pass"
    return Test(path, f"{one.code} {one.name}".rstrip() + where, state, "\n".join(lines), one.code)


def _tallies(report: Report) -> list[Tally]:
    """Count the findings of each file: a suite says how many it holds before it holds them."""
    failing = _failing(report)
    found = []
    for _, members in groupby(report.diagnostics, _path):
        states = [one.severity in failing for one in members]
        found.append(Tally(len(states), sum(states), 0))
    if skipped := _skipped(report):
        found.append(_tally(skipped))
    return [*found, _tally([_concluded(report)])]


def _skipped(report: Report) -> list[Test]:
    from perftool.model.lint import LintPayload

    payload = report.payload
    assert isinstance(payload, LintPayload)
    return [Test(_SKIPPED, one.path, "skipped", one.reason) for one in payload.skipped]


def _failing(report: Report) -> frozenset[Severity]:
    """Return the severities that are failures: none where the verdict is none, so that both always agree."""
    if report.verdict.outcome != "fail":
        return frozenset()
    grave = any(one.severity != "info" for one in report.diagnostics)
    return frozenset({"error", "warning"} if grave else {"info"})


def _path(one: Diagnostic) -> str:
    return one.span.path if one.span else _VERDICT


def _measured(report: Report) -> Iterator[Test]:
    from perftool.model.bench import BenchPayload
    from perftool.render.case_names import label
    from perftool.render.figures import unit_title, value
    from perftool.render.summaries import by_case, case_key

    payload = report.payload
    assert isinstance(payload, BenchPayload)
    summaries = by_case(report)
    for case in payload.cases:
        facts = [
            f"{unit_title(unit)} {value(s.center, unit, s.lo, s.hi, exact=s.measurement.exact)}"
            for unit, s in summaries.get(case_key(case), {}).items()
        ]
        yield Test(case.suite, label(case), "pass", ", ".join(facts))
    for skipped in payload.skipped:
        yield Test(skipped.suite, label(skipped), "skipped", skipped.reason)


def _tally(tests: list[Test]) -> Tally:
    return Tally(len(tests), sum(t[2] == "failure" for t in tests), sum(t[2] == "skipped" for t in tests))


def _counts(tally: Tally) -> str:
    return f'tests="{tally.tests}" failures="{tally.failures}" errors="0"'


def _escaped(text: str) -> str:
    from html import escape

    lines = [visible(line) for line in text.split("\n")]
    return _NOT_XML.sub("\ufffd", escape("\n".join(lines), quote=True))


def _quoted(text: str) -> str:
    shown = _escaped(text).replace("\n", "&#10;")
    return f'"{shown}"'


FORMAT = Format(
    name="junit",
    suffixes=(".junit.xml", ".xml"),
    kinds=frozenset({"bench", "compare", "lint"}),
    render=render,
    pieces=pieces,
)
