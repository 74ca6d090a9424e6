"""Suites prepare what they measure, and what they refuse is skipped with the reason."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from perftool.bench.api import Prepared, Suite, SuiteOptions
from perftool.bench.measuring import Work, measure
from perftool.bench.preparing import prepared, without_refused
from perftool.bench.settings import RunSettings
from perftool.bench.targets import Selection
from perftool.events import Silent
from perftool.model.bench import Conclusion
from perftool.model.database import DatabaseFacts
from perftool.model.verdict import ReportWarning
from tests.fakes.measuring import FakeClock, Lab, case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.measurement import Measurement

FACTS = DatabaseFacts(
    label="sqlite", system="SQLite", version="3", driver="sqlite3", durability={"synchronous": "full"}
)
DOUBT = ReportWarning(code="rows-differ", message="not the same")


def conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    cases = {one.case for one in measurements}
    yield Conclusion(suite="fake", group="cases", subject=f"{confidence}", text=", ".join(sorted(cases)))


def test_a_run_tells_of_databases_skips_what_was_refused_and_concludes() -> None:
    events: list[str] = []

    @contextlib.contextmanager
    def prepare(options: SuiteOptions) -> Iterator[Prepared]:
        events.append(f"prepared at {options.scale:g}")
        yield Prepared((FACTS,), {"duckdb": "not installed"}, (DOUBT,))
        events.append("tidied up")

    suite = Suite("fake", "for tests", lambda _: (), prepared=prepare, conclude=conclude)
    cases = [replace(case("a"), parameters={"backend": "sqlite"}), replace(case("b"), parameters={"backend": "duckdb"})]
    selection = Selection(cases, suites=[suite, Suite("plain", "prepares nothing", lambda _: ())])
    with prepared(selection) as found:
        done = measure(
            Work(selection), RunSettings(blocks=2, samples=1), Lab().start, clock=FakeClock(), listener=Silent(),
            prepared=found, confidence=0.9,
        )  # fmt: skip
        assert events == ["prepared at 1"]
    assert events == ["prepared at 1", "tidied up"]
    assert done.payload.databases == (FACTS,)
    assert [(one.case, one.reason) for one in done.payload.skipped] == [("b", "not installed")]
    assert [(one.text, one.subject) for one in done.payload.conclusions] == [("a", "0.9")]
    assert DOUBT in done.warnings
    assert done.verdict.outcome == "warn"


def test_nothing_refused_changes_nothing() -> None:
    selection = Selection([case("a")], stem="x")
    assert without_refused(selection, Prepared()) == selection
