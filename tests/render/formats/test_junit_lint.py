"""Findings as JUnit test cases."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.model.lint import LintPayload
from perftool.model.verdict import Verdict
from perftool.render.api import RenderOptions
from perftool.render.formats.junit import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.lint_sample import DIAGNOSTICS
from tests.render.samples import SAMPLES, report

if TYPE_CHECKING:
    from perftool.model.diagnostic import Diagnostic
    from perftool.model.report import Report


def parsed(made: Report | None = None) -> ET.Element:
    return ET.fromstring(str(FORMAT.render(made or SAMPLES["lint"](), RenderOptions())).encode())


def judged(outcome: str, *found: Diagnostic) -> ET.Element:
    verdict = Verdict(outcome=outcome, headline="so it is")  # type: ignore[arg-type]
    return parsed(msgspec.structs.replace(SAMPLES["lint"](), diagnostics=found, verdict=verdict))


def test_a_suite_per_file_and_a_case_per_finding() -> None:
    suites = {suite.get("name"): suite for suite in parsed()}
    assert list(suites) == [
        "app/reports.sql", "etl/Größe 漢字.sql", "migrations/0042_orders.sql", "perftool.skipped", "perftool.verdict",
    ]  # fmt: skip
    case = suites["app/reports.sql"][0]
    assert (case.get("classname"), case.get("name")) == ("app/reports.sql", "COR001 null-comparison 3:8")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "COR001"
    assert failure.get("message") == "app/reports.sql:3:8: COR001 error is never true: the query returns no rows"
    assert failure.text == (
        "app/reports.sql:3:8: COR001 error is never true: the query returns no rows\ndo: o.seen_at IS NULL"
    )


def test_counts_agree_with_the_cases() -> None:
    root = parsed()
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
        assert int(element.get("failures", "")) == len(list(element.iter("failure")))
        if element is not root:
            assert int(element.get("skipped", "")) == len(list(element.iter("skipped")))


def test_infos_pass_and_say_so() -> None:
    case = parsed().find(".//testcase[@name='PER009 window-without-partition 2:2']")
    assert case is not None
    assert case.find("failure") is None
    assert "sorts and keeps all rows" in (case.findtext("system-out") or "")


def test_cases_fail_only_where_the_verdict_does() -> None:
    """With --fail-on error a run with warnings passes, and must not look failed."""
    assert not list(judged("warn", *DIAGNOSTICS).iter("failure"))
    info = DIAGNOSTICS[2]
    assert len(list(judged("fail", info, info).iter("failure"))) == 2 + 1


def test_a_clean_run_has_one_case_that_passes() -> None:
    clean = LintPayload(files=3, size=9, statements=4, distinct=4)
    root = parsed(report(clean, Verdict(outcome="pass", headline="no findings in 3 files")))
    (case,) = root.iter("testcase")
    assert case.get("name") == "verdict"
    assert case.find("failure") is None


def test_a_run_that_saw_nothing_is_no_pass() -> None:
    nothing = LintPayload(files=0, size=0, statements=0, distinct=0)
    root = parsed(report(nothing, Verdict(outcome="inconclusive", headline="nothing to lint", undecidable=True)))
    assert root.find(".//testcase[@name='verdict']/failure") is not None


def test_skipped_files_are_skipped_cases() -> None:
    skipped = parsed().find(".//testcase[@name='etl/dump.sql']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "permission denied"


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_hostile_names_stay_well_formed(name: str) -> None:
    assert {e.tag for e in parsed(spoil(SAMPLES["lint"](), name)).iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out",
    }  # fmt: skip
