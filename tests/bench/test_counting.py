"""Counting instructions: the pass with fakes, and a real valgrind where there is one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench import counting, doubts, measurements, requests
from perftool.bench.api import Case
from perftool.bench.counting import HASH_SEED, PATIENCE, CountingServer, count, count_both
from perftool.bench.pairing import PairRunner
from perftool.bench.record import Record
from perftool.bench.runner import Runner
from perftool.bench.schedule import Plan
from perftool.bench.server import ServerDiedError
from perftool.bench.settings import RunSettings
from perftool.errors import UnavailableError
from perftool.events import Silent
from tests.fakes.measuring import FakeClock, Lab, case, good

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
SETTINGS = RunSettings(blocks=2, samples=1, min_time_s=0.01, latency=False, instructions=True)
FILE = """
from itertools import repeat

def loop(rounds):
    for _ in repeat(None, rounds):
        pass

def bench_thousand(): loop(1000)
def bench_half_a_percent_more(): loop(1005)
def bench_more(): loop(1015)
def bench_raises(): raise ValueError("no")
"""
# Python under valgrind takes seconds to start: one process is enough.
pytestmark = pytest.mark.xdist_group("counting")
valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")


def counted(request: Json) -> Json:
    return {"instructions": 4321.5, "operations": 100} if request.get("kind") == "instructions" else good(request)


def broken(name: str, reply: Json | BaseException) -> Any:
    def answer(request: Json) -> Json:
        if request.get("kind") == "instructions" and request["case"]["factory"] == name:
            if isinstance(reply, BaseException):
                raise reply
            return reply
        return counted(request)

    return answer


def tell(_: str) -> None:
    """Hear nothing."""


def test_one_process_of_one_hash_seed_counts_every_case_and_gives_exact_measurements() -> None:
    lab, counter = Lab(), Lab(counted)
    run = Runner(SETTINGS, lab.start, FakeClock(), Silent(), counter.start).run([case("a"), case("b")])
    assert counter.seeds == [HASH_SEED]
    assert counter.closed == 1
    assert counter.kinds("instructions") == ["a", "b"]
    for record in run.records:
        (found,) = [m for m in measurements.measurements(record) if m.unit == "instructions/op"]
        assert (found.values, found.exact, found.gates, found.better) == ((4321.5,), True, True, "lower")


@pytest.mark.parametrize("reply", [{"error": "was killed by SIGILL"}, ServerDiedError("was killed by SIGILL")])
def test_a_case_that_cannot_be_counted_keeps_its_times_and_says_why(reply: Any) -> None:
    counter = Lab(broken("a", reply))
    run = Runner(SETTINGS, Lab().start, FakeClock(), Silent(), counter.start).run([case("a"), case("b")])
    lost, fine = run.records
    assert lost.reason is None
    assert len(lost.finished) == 2
    assert (lost.instructions, fine.instructions is not None) == (None, True)
    (doubt,) = doubts.of_records(run.records, latency=False)
    assert (doubt.code, doubt.subject) == ("instructions-not-given", "fake/a")
    assert doubt.message == "no instructions: was killed by SIGILL"


def test_a_target_that_valgrind_cannot_import_loses_its_counts_only() -> None:
    answer = {"error": "took longer"}
    counter = Lab(lambda request: answer if request["do"] == "load" else counted(request))
    records = [Record(case("a"))]
    count(records, counter.start, SETTINGS, tell)
    assert (records[0].reason, records[0].instructions_problem) == (None, "took longer")


def test_skipped_cases_are_not_counted_and_stay_skipped() -> None:
    counter, record = Lab(counted), Record(case("a"), reason="broken")
    count([record, Record(case("b"))], counter.start, SETTINGS, tell)
    assert counter.kinds("instructions") == ["b"]
    assert (record.reason, record.instructions_problem) == ("broken", None)


def test_an_interrupt_marks_no_case() -> None:
    records = [Record(case("a"))]
    with pytest.raises(KeyboardInterrupt):
        count(records, Lab(broken("a", KeyboardInterrupt())).start, SETTINGS, tell)
    assert records[0].reason is None


def test_slow_counting_has_more_time_than_a_sample() -> None:
    asked: list[float] = []

    class Noting:
        def ask(self, request: Json, timeout_s: float) -> Json:
            asked.append(timeout_s)
            return counted(request)

        def close(self) -> None:
            """Do nothing."""

    count([Record(case("a"))], lambda _: Noting(), SETTINGS, tell)
    assert asked == [SETTINGS.timeout_s * PATIENCE] * 2


def test_both_sides_are_counted_and_what_one_cannot_count_the_other_loses() -> None:
    starts = (Lab(broken("b", {"error": "no"})).start, Lab(counted).start)
    pairs = [(Record(case(name)), Record(case(name))) for name in "abc"]
    pairs[2][1].reason = "gone"
    count_both(pairs, starts, SETTINGS, tell)
    assert [[r.instructions is not None for r in pair] for pair in pairs] == [[True] * 2, [False] * 2, [False] * 2]
    assert [record.instructions_problem for record in pairs[1]] == ["no", "no"]
    assert [record.instructions_problem for record in pairs[2]] == [None, None]


def test_a_run_of_two_sides_counts_on_each() -> None:
    base, now = Lab(counted), Lab(counted)
    lab = Lab(lambda request: {"modules": {}} if request["do"] == "modules" else good(request))
    runner = PairRunner(
        SETTINGS,
        (lab.start, lab.start),
        Plan(2),
        clock=FakeClock(),
        listener=Silent(),
        counters=(base.start, now.start),
    )
    (pair,) = runner.run([case("a")]).pairs
    assert base.kinds("instructions") == now.kinds("instructions") == ["a"]
    assert all(record.instructions is not None for record in pair.both)


def test_without_valgrind_there_is_one_clear_line() -> None:
    with pytest.raises(UnavailableError, match="--instructions needs valgrind, which is not installed") as caught:
        counting.valgrind({"PATH": ""}, "linux")
    assert "apt-get install valgrind" in str(caught.value.hint)
    with pytest.raises(UnavailableError, match="Linux only"):
        counting.valgrind(dict(os.environ), "darwin")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CountingServer, Path]]:
    file = tmp_path_factory.mktemp("targets") / "bench_loops.py"
    file.write_text(FILE, encoding="utf-8")
    started = CountingServer(counting.valgrind(dict(os.environ)), sys.executable, HASH_SEED, dict(os.environ))
    assert started.ask({"do": "load", "file": str(file)}, 60) == {}
    yield started, file
    started.close()


def instructions(process: tuple[CountingServer, Path], name: str) -> Json:
    server, file = process
    described = Case(suite="loops", case=name, factory=f"bench_{name}", file=str(file), direct=True)
    return server.ask(requests.instructions(described), 60)


@valgrind
def test_counts_repeat_and_follow_the_work(process: tuple[CountingServer, Path]) -> None:
    first = instructions(process, "thousand")["instructions"]
    assert instructions(process, "thousand")["instructions"] == pytest.approx(first, rel=5e-4)
    assert instructions(process, "half_a_percent_more")["instructions"] / first == pytest.approx(1.005, abs=0.002)
    assert instructions(process, "more")["instructions"] / first == pytest.approx(1.015, abs=0.002)


@valgrind
def test_dumps_go_with_every_answer_and_failures_are_reasons(process: tuple[CountingServer, Path]) -> None:
    assert instructions(process, "raises")["error"] == "bench_loops.py:11: ValueError: no"
    folder = Path(process[0]._dumps.name)
    assert list(folder.iterdir()) == []


@valgrind
def test_an_interpreter_that_valgrind_does_not_see_is_a_reason(tmp_path: Path) -> None:
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    (tmp_path / "bench_loops.py").write_text(FILE, encoding="utf-8")
    server = counting.servers(str(script), dict(os.environ))(HASH_SEED)
    try:
        found = server.ask(
            requests.instructions(
                Case(suite="s", case="c", factory="bench_more", file=str(tmp_path / "bench_loops.py"), direct=True)
            ),
            60,
        )
    finally:
        server.close()
    assert "valgrind wrote no counts: is the interpreter a script" in found["error"]


@valgrind
def test_a_missing_interpreter_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    server = counting.servers("/nowhere/python", dict(os.environ))(HASH_SEED)
    with pytest.raises(ServerDiedError):
        server.ask({"do": "load", "module": "json"}, 20)
    server.close()
    assert list(tmp_path.iterdir()) == []
