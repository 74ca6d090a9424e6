from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec
import pytest

from perftool.model.comparison import ComparisonPayload, Unmatched
from perftool.model.diagnostic import Diagnostic, Span
from perftool.model.verdict import ReportWarning, Verdict
from perftool.render.api import RenderOptions
from perftool.render.formats.github import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES

if TYPE_CHECKING:
    from perftool.model.report import Report

_COMMAND = re.compile(r"::(error|warning|notice) ((?:file=[^:,]*,line=\d+,)?title=[^:,]*)::(.*)")


def lines(report: Report) -> list[str]:
    shown = FORMAT.render(report, RenderOptions())
    assert isinstance(shown, str)
    return shown.splitlines()


def test_a_regression_is_an_error_and_a_doubt_a_warning() -> None:
    shown = lines(SAMPLES["compare"]())
    assert shown[0].startswith("::error title=perftool%3A sql-parse/ComplexQuery::CPU time/op 1.100 ms")
    assert any(line.startswith("::warning title=perftool%3A sql-parse/SimpleSelect::") for line in shown)
    assert not any("CTE" in line for line in shown), "an unchanged row is no annotation"
    assert shown[-1] == "::error title=perftool::✗ 2 regressions, 1 warning, 3 unchanged, 1 undecided"


def test_percent_signs_are_escaped() -> None:
    found = _COMMAND.fullmatch(lines(SAMPLES["compare"]())[0])
    assert found
    assert "+25.5 %25" in found[3]
    assert "+25.5 %" in unquote(found[3])


def test_nothing_decided_is_an_error() -> None:
    shown = lines(SAMPLES["compare-columns"]())
    assert shown[-1].startswith("::error title=perftool::? no gating benchmark could be decided; 3 samples a side")


def test_no_more_than_ten_of_a_level_are_written() -> None:
    many = tuple(ReportWarning(code="drift", message=f"doubt {i}", subject=f"case {i}") for i in range(30))
    shown = lines(msgspec.structs.replace(SAMPLES["bench"](), warnings=many))
    assert sum(line.startswith("::warning") for line in shown) == 10
    assert any(line.startswith("21 more") for line in shown)


def test_a_damaged_statement_is_shown_in_its_file() -> None:
    assert (
        "::warning file=app/orders.sql,line=3,title=perftool%3A statement not analysed::unterminated string"
        in lines(SAMPLES["inspect"]())
    )


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
@pytest.mark.parametrize("sample", ["bench", "compare", "inspect"])
def test_no_name_makes_a_command_of_its_own(sample: str, name: str) -> None:
    plain, hostile = lines(SAMPLES[sample]()), lines(spoil(SAMPLES[sample](), name))
    assert len(hostile) == len(plain)
    assert all(_COMMAND.fullmatch(line) for line in hostile)


def test_diagnostics_stand_at_their_place() -> None:
    span = Span(path="a.sql", start=0, end=5, line=3, column=9)
    found = Diagnostic(code="COR001", severity="error", message="is never true", span=span, help="IS NULL")
    shown = lines(msgspec.structs.replace(SAMPLES["inspect"](), diagnostics=(found,)))
    assert shown[0] == "::error file=a.sql,line=3,col=9,title=perftool%3A COR001::is never true; IS NULL"


def test_a_benchmark_that_broke_is_told_with_its_reason_and_is_an_error_where_it_fails() -> None:
    report = SAMPLES["compare-paired"]()
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    broken = Unmatched(name="rows/join", unit="", state="missing", column="working tree", reason="ImportError: no join")
    told = (
        "::{} title=perftool%3A missing benchmark::rows/join cannot be measured in working tree: ImportError: no join"
    )
    listed = msgspec.structs.replace(report, payload=msgspec.structs.replace(payload, unmatched=(broken,)))
    assert told.format("warning") in lines(listed)
    why = "✗ rows/join: cannot be measured in working tree: ImportError: no join"
    verdict = Verdict(outcome="fail", headline="1 on one side only", reasons=(why,))
    assert told.format("error") in lines(msgspec.structs.replace(listed, verdict=verdict))


def test_quiet_is_the_verdict_alone() -> None:
    shown = FORMAT.render(SAMPLES["compare"](), RenderOptions(quiet=True))
    assert isinstance(shown, str)
    assert len(shown.splitlines()) == 1


def test_a_regression_of_a_history_is_an_error_and_an_improvement_is_none() -> None:
    shown = lines(SAMPLES["history"]())
    errors = [line for line in shown if line.startswith("::error title=perftool%3A history::")]
    assert len(errors) == 2
    assert "slower since" in errors[0]
    assert not any("faster since" in line for line in shown)
    assert any(line.startswith("::warning") and "undecided" in line for line in shown)
