"""GitLab Code Quality."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from perftool.model.comparison import ComparisonPayload, Unmatched
from perftool.model.verdict import Verdict
from perftool.render.api import RenderOptions
from perftool.render.formats.gitlab import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES, report

if TYPE_CHECKING:
    from perftool.model.report import Report

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def findings(shown: Report, **options: bool) -> list[dict[str, Any]]:
    text = FORMAT.render(shown, RenderOptions(**options))  # type: ignore[arg-type]
    found = json.loads(text)
    assert isinstance(found, list)
    return found


def payload(shown: Report) -> ComparisonPayload:
    assert isinstance(shown.payload, ComparisonPayload)
    return shown.payload


@pytest.mark.parametrize("name", ["compare", "compare-columns", "compare-paired"])
@pytest.mark.parametrize("hostile", ["", *NAMES])
def test_every_entry_is_what_gitlab_reads(name: str, hostile: str) -> None:
    shown = spoil(SAMPLES[name](), hostile) if hostile else SAMPLES[name]()
    found = findings(shown)
    assert found
    for one in found:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in SEVERITIES
        path, line = one["location"]["path"], one["location"]["lines"]["begin"]
        assert path
        assert not path.startswith("/")
        assert line >= 1
    assert len({one["fingerprint"] for one in found}) == len(found)


def test_outcomes_have_their_severity() -> None:
    found = findings(SAMPLES["compare"]())
    told = {(one["check_name"], one["severity"]) for one in found}
    assert {("perftool/regression", "major"), ("perftool/slowdown", "minor"), ("perftool/undecided", "info")} <= told
    assert any("sql-parse/ComplexQuery: CPU time/op" in one["description"] for one in found)
    assert not any("CTE:" in one["description"] for one in found)


def test_a_waived_row_says_so_and_an_adjusted_p_is_shown() -> None:
    (one,) = [one for one in findings(SAMPLES["compare-paired"]()) if "/CTE" in one["description"]]
    assert one["severity"] == "minor"
    assert one["description"].endswith("p<0.001 (holm <0.001): ⚠ over 20 %, waived")


def test_a_case_measured_here_is_shown_in_its_file() -> None:
    shown = SAMPLES["compare-paired"]()
    run = payload(shown).run
    assert run is not None

    def at(source: str) -> dict[str, Any]:
        cases = tuple(msgspec.structs.replace(case, source=source) for case in run.cases)
        moved = msgspec.structs.replace(payload(shown), run=msgspec.structs.replace(run, cases=cases))
        location: dict[str, Any] = findings(msgspec.structs.replace(shown, payload=moved))[0]["location"]
        return location

    assert at("benchmarks/bench_sql.py:12") == {"path": "benchmarks/bench_sql.py", "lines": {"begin": 12}}
    for unusable in ("/srv/bench.py:12", "../bench.py:3", "C:\\bench.py:3", "built in", ""):
        assert at(unusable) == {"path": "perftool.toml", "lines": {"begin": 1}}


def test_without_a_run_the_file_that_was_compared_is_shown() -> None:
    shown = SAMPLES["compare"]()

    def at(source: str) -> str:
        columns = tuple(msgspec.structs.replace(one, sources=(source,)) for one in payload(shown).columns)
        moved = msgspec.structs.replace(payload(shown), columns=columns)
        path: str = findings(msgspec.structs.replace(shown, payload=moved))[0]["location"]["path"]
        return path

    assert at("out/new.json") == "out/new.json"
    assert at("/tmp/new.json") == at("-") == at("main") == "perftool.toml"


def test_fingerprints_do_not_hang_on_what_was_measured() -> None:
    shown = SAMPLES["compare"]()
    (table, *others) = payload(shown).tables
    turned = msgspec.structs.replace(table, rows=table.rows[::-1])
    moved = msgspec.structs.replace(payload(shown), tables=(turned, *others), alpha=0.01)
    before, after = findings(shown), findings(msgspec.structs.replace(shown, payload=moved))
    assert {one["fingerprint"] for one in before} == {one["fingerprint"] for one in after}


def empty(verdict: Verdict, *unmatched: Unmatched) -> Report:
    nothing = ComparisonPayload(
        columns=(), row_fields=(), column_fields=(), tables=(), alpha=0.05, confidence=0.95, unmatched=unmatched
    )
    return report(nothing, verdict)


def test_nothing_to_tell_is_an_empty_array() -> None:
    assert findings(empty(Verdict(outcome="pass", headline="nothing"))) == []


def test_a_verdict_that_no_row_explains_is_not_lost() -> None:
    (one,) = findings(empty(Verdict(outcome="inconclusive", headline="nothing decided", undecidable=True)))
    assert (one["severity"], one["description"], one["check_name"]) == ("major", "nothing decided", "perftool/verdict")
    shown = SAMPLES["compare"]()
    assert [one["check_name"] for one in findings(shown, quiet=True)] == ["perftool/verdict"]


def test_a_benchmark_that_is_gone_fails_where_the_verdict_says_so() -> None:
    gone = Unmatched(name="s/A", unit="sec/op", state="missing", column="now")
    failing = Verdict(outcome="fail", headline="1 on one side only", reasons=("✗ s/A: missing in now",))
    assert [one["severity"] for one in findings(empty(failing, gone, gone))] == ["major", "major"]
    assert [one["severity"] for one in findings(empty(Verdict(outcome="pass", headline="x"), gone))] == ["minor"]
    broken = Unmatched(name="s/B", unit="", state="missing", column="now", reason="ImportError: x")
    (one,) = findings(empty(Verdict(outcome="pass", headline="x"), broken))
    assert one["description"] == "s/B cannot be measured in now: ImportError: x"


def test_ascii_is_ascii() -> None:
    assert str(FORMAT.render(SAMPLES["compare"](), RenderOptions(ascii_only=True))).isascii()
