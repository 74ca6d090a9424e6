"""JUnit XML: a test case per gating row of a comparison, or per case of a benchmark run.

source: the Jenkins schema (junit-10.xsd), which GitLab, Azure and others read
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perftool.render.api import Format
from perftool.render.document import MARKS
from perftool.render.visible import to_ascii, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

# Characters that XML 1.0 cannot hold at all, not even as references.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Test = tuple[str, str, str, str]


def render(report: Report, options: RenderOptions) -> str:
    """Return one test suite per suite or table; failures are regressions, skipped ones are undecided."""
    tests = list(_compared(report) if report.kind == "compare" else _measured(report))
    suites: dict[str, list[Test]] = {}
    for test in tests:
        suites.setdefault(test[0], []).append(test)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {_counts(tests)} name={_quoted('perftool')}>"]
    for name, members in suites.items():
        when = report.created.removesuffix("Z")
        lines.append(
            f"  <testsuite name={_quoted(name)} {_counts(members)} {_skipped(members)} timestamp={_quoted(when)}>"
        )
        for suite, case, state, message in members:
            lines += _case(suite, case, state, message)
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    text = "\n".join(lines) + "\n"
    return to_ascii(text) if options.ascii_only else text


def _case(suite: str, case: str, state: str, message: str) -> Iterator[str]:
    head = f"    <testcase classname={_quoted(suite)} name={_quoted(case)}"
    if state == "pass":
        yield head + (f"><system-out>{_escaped(message)}</system-out></testcase>" if message else "/>")
    elif state == "skipped":
        yield head + f"><skipped message={_quoted(message)}/></testcase>"
    else:
        yield head + f'><failure type="regression" message={_quoted(message)}>{_escaped(message)}</failure></testcase>'


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
        yield (suite, one.name + (f" ({one.column})" if several else ""), state, one.text)
    failed = report.verdict.outcome == "fail"
    # A verdict that no row explains (missing benchmarks, nothing decided) must not get lost.
    state = "failure" if failed or report.verdict.undecidable else "pass"
    yield ("perftool.verdict", "verdict", state, _verdict(report))


def _verdict(report: Report) -> str:
    return "\n".join(
        [f"{MARKS[report.verdict.outcome]} {report.verdict.headline}", *map(visible, report.verdict.reasons)]
    )


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
        yield (case.suite, label(case), "pass", ", ".join(facts))
    for skipped in payload.skipped:
        yield (skipped.suite, label(skipped), "skipped", skipped.reason)


def _counts(tests: list[Test]) -> str:
    return f'tests="{len(tests)}" failures="{sum(t[2] == "failure" for t in tests)}" errors="0"'


def _skipped(tests: list[Test]) -> str:
    """Return the number of skipped tests as an attribute, which a suite has and all suites together have not."""
    return f'skipped="{sum(t[2] == "skipped" for t in tests)}"'


def _escaped(text: str) -> str:
    from html import escape

    lines = [visible(line) for line in text.split("\n")]
    return _NOT_XML.sub("\ufffd", escape("\n".join(lines), quote=True))


def _quoted(text: str) -> str:
    shown = _escaped(text).replace("\n", "&#10;")
    return f'"{shown}"'


FORMAT = Format(name="junit", suffixes=(".junit.xml", ".xml"), kinds=frozenset({"bench", "compare"}), render=render)
