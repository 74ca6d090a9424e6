"""Findings as annotations of a GitHub Actions run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.model.verdict import Verdict
from perftool.render.api import RenderOptions
from perftool.render.formats.github import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.lint_sample import DIAGNOSTICS
from tests.render.samples import SAMPLES

if TYPE_CHECKING:
    from perftool.model.diagnostic import Diagnostic


def lines(*found: Diagnostic, outcome: str = "fail", **options: bool) -> list[str]:
    made = SAMPLES["lint"]()
    if found:
        verdict = Verdict(outcome=outcome, headline="so it is")  # type: ignore[arg-type]
        made = msgspec.structs.replace(made, diagnostics=found, verdict=verdict)
    return str(FORMAT.render(made, RenderOptions(**options))).splitlines()  # type: ignore[arg-type]


def test_a_finding_on_one_line_has_both_ends() -> None:
    assert lines()[0] == (
        "::error file=app/reports.sql,line=3,endLine=3,col=8,endColumn=24,title=perftool%3A COR001 null-comparison"
        "::is never true: the query returns no rows; o.seen_at IS NULL"
    )


def test_a_finding_over_several_lines_has_its_start() -> None:
    """GitHub drops the columns of an annotation over several lines."""
    (found,) = [line for line in lines() if "PER012" in line]
    assert ",line=2,col=25,title=" in found


def test_the_worst_come_first_and_an_info_is_a_notice() -> None:
    levels = [line.split(" ")[0] for line in lines()]
    assert levels == ["::error"] * 2 + ["::warning"] * 7 + ["::notice", "::error"]


def test_skipped_files_and_doubts_follow_the_findings() -> None:
    told = [line for line in lines() if line.startswith("::warning")]
    assert told[4] == "::warning file=etl/dump.sql,title=perftool%3A file not looked at::permission denied"
    assert "names no rule that ran" in told[-1]


def test_ten_of_a_level_are_shown_and_the_rest_is_counted() -> None:
    error, _, info, warning, *_ = DIAGNOSTICS
    shown = lines(*[info] * 15, *[warning] * 2000, *[error] * 12)
    assert shown[:9] == lines(error)[:1] * 9
    assert shown[9] == "3 more: errors beyond the 10 that GitHub shows"
    assert sum(line.startswith("::error") for line in shown) == 10, "the verdict is one of them"
    assert sum(line.startswith("::warning") for line in shown) == 10
    assert sum(line.startswith("::notice") for line in shown) == 10
    assert "5 more: notices beyond the 10 that GitHub shows" in shown


def test_quiet_is_the_verdict_alone() -> None:
    assert lines(quiet=True) == ["::error title=perftool::✗ 2 errors, 4 warnings, 1 info in 3 of 823 files"]


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_no_name_makes_a_command_of_its_own(name: str) -> None:
    shown = str(FORMAT.render(spoil(SAMPLES["lint"](), name), RenderOptions())).splitlines()
    assert len(shown) == len(lines())
    pattern = r"::(error|warning|notice) (file=[^:,]*,)?((line|endLine|col|endColumn)=\d+,)*title=[^:,]*::.*"
    assert all(re.fullmatch(pattern, line) for line in shown)
