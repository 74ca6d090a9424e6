"""Rounds, order, failures and interruption: with a stand-in for the launcher, and with real commands."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from perftool.bench.processes.api import CommandResults, CommandSettings
from perftool.bench.processes.launching import Run, RunTimeoutError
from perftool.bench.processes.parameters import ParameterList, expand
from perftool.bench.processes.runner import measure
from perftool.clock import SystemClock
from perftool.errors import UsageError
from perftool.events import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from perftool.bench.processes.api import CommandSpec


class FakeClock:
    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at


class FakeStarter:
    """Takes a second per run; ``ends`` may give an exit code or raise, by argv and the number of the run."""

    def __init__(
        self, clock: FakeClock, ends: Callable[[str, int], int] = lambda _, __: 0, seconds: float = 1.0
    ) -> None:
        self.clock, self.ends, self.seconds = clock, ends, seconds
        self.calls: list[str] = []
        self.offsets: set[int] = set()

    def run(
        self, argv: Sequence[str], *, timeout_s: float | None = None, offset: int = 0, hash_seed: int | None = None
    ) -> Run:
        self.calls.append(argv[0])
        self.offsets.add(offset)
        self.clock.at += self.seconds
        return Run(self.seconds, 0.5, 0.25, 1000, self.ends(argv[0], self.calls.count(argv[0])))

    def error_tail(self) -> str:
        return "cannot open '/srv/me/x'"


class Ear:
    def __init__(self) -> None:
        self.events: list[Progress] = []
        self.notes: list[str] = []

    def progress(self, event: Progress) -> None:
        self.events.append(event)

    def note(self, message: str) -> None:
        self.notes.append(message)


def fake(
    lines: Sequence[str],
    settings: CommandSettings,
    ends: Callable[[str, int], int] = lambda _, __: 0,
    *,
    seconds: float = 1.0,
    seed: int = 1,
    ear: Ear | None = None,
) -> tuple[CommandResults, FakeStarter]:
    clock = FakeClock()
    starter = FakeStarter(clock, ends, seconds)
    specs = expand(lines)
    results = measure(
        specs, settings, random=random.Random(seed), clock=clock, listener=ear or Silent(), starter=starter
    )
    return results, starter


def real(specs: tuple[CommandSpec, ...], settings: CommandSettings, ear: Ear | None = None) -> CommandResults:
    return measure(specs, settings, random=random.Random(1), clock=SystemClock(), listener=ear or Silent())


def test_rounds_hold_every_command_once_in_changing_order() -> None:
    results, starter = fake(["a", "b", "c"], CommandSettings(count=20))
    orders = [tuple(starter.calls[i : i + 3]) for i in range(0, 60, 3)]
    assert all(sorted(o) == ["a", "b", "c"] for o in orders)
    assert len(set(orders)) > 2
    assert len(starter.offsets) > 30
    assert results.rounds == 20
    assert all(m.blocks == tuple(range(20)) for m in results.measurements)
    assert fake(["a", "b", "c"], CommandSettings(count=20))[1].calls == starter.calls


def test_what_is_reported_of_a_command() -> None:
    results, _ = fake(["a"], CommandSettings(count=3))
    got = {m.unit: (m.values, m.gates, m.better) for m in results.measurements}
    assert got == {
        "sec/op": ((1.0,) * 3, True, "lower"),
        "cpu-sec/op": ((0.75,) * 3, False, "lower"),
        "user-sec/op": ((0.5,) * 3, False, "lower"),
        "sys-sec/op": ((0.25,) * 3, False, "lower"),
        "peak-RSS-B": ((1000.0,) * 3, False, "lower"),
    }
    assert results.cases[0].exit_codes == {"0": 3}
    assert (results.cases[0].suite, results.cases[0].kind) == ("command", "command")


def test_a_doubt_names_the_measurement() -> None:
    clock = FakeClock()
    specs = expand(["a {n}"], lists=[ParameterList("n", ("1",))])
    results = measure(
        specs,
        CommandSettings(count=5),
        random=random.Random(1),
        clock=clock,
        listener=Silent(),
        starter=FakeStarter(clock, seconds=0.002),
    )
    assert [(w.code, w.subject) for w in results.warnings] == [("short-command", results.measurements[0].name)]


@pytest.mark.parametrize(
    ("seconds", "commands", "rounds"), [(1.0, 1, 10), (0.1, 1, 30), (0.1, 2, 30), (0.001, 1, 1000), (60, 1, 10)]
)
def test_at_least_ten_rounds_and_three_seconds_each(seconds: float, commands: int, rounds: int) -> None:
    results, _ = fake([f"c{n}" for n in range(commands)], CommandSettings(), seconds=seconds)
    assert abs(results.rounds - rounds) <= 1  # sums of 0.1


def test_progress_tells_what_remains() -> None:
    ear = Ear()
    fake(["a"], CommandSettings(warmup=1), seconds=0.5, ear=ear)
    assert ear.events[0] == Progress(0, 1, "warm-up: a")
    assert ear.events[1] == Progress(0, None, "a", None)
    assert ear.events[-1] == Progress(9, 10, "a", 0.5)


def test_warm_up_runs_are_forgotten() -> None:
    results, starter = fake(["a", "b"], CommandSettings(count=2, warmup=3))
    assert Counter(starter.calls) == {"a": 5, "b": 5}
    assert all(len(m.values) == 2 for m in results.measurements)


def test_a_failing_command_is_given_up_and_the_others_go_on() -> None:
    results, starter = fake(["a", "b"], CommandSettings(count=5), lambda name, n: 3 if (name, n) == ("b", 2) else 0)
    assert starter.calls.count("b") == 2
    assert [c.case for c in results.cases] == ["a"]
    reason = results.skipped[0].reason
    assert reason == "exit code 3 in run 2: cannot open 'x' (--ignore-failure measures it)"
    assert results.complete


def test_failures_can_be_accepted_all_or_by_code() -> None:
    def ends(_: str, n: int) -> int:
        return -15 if n == 4 else n % 2

    results, _ = fake(["a"], CommandSettings(count=4, ignore_failure=True), ends)
    assert results.cases[0].exit_codes == {"1": 2, "0": 1, "SIGTERM": 1}
    assert fake(["a"], CommandSettings(count=3, ignore_failure=frozenset({1})), ends)[0].cases
    assert not fake(["a"], CommandSettings(count=3, ignore_failure=frozenset({2})), ends)[0].cases


def test_a_warm_up_that_fails() -> None:
    results, _ = fake(["a"], CommandSettings(warmup=1), lambda *_: 1)
    assert "exit code 1 in the warm-up" in results.skipped[0].reason
    assert results.rounds == 0


def test_a_timeout_gives_the_command_up() -> None:
    def ends(name: str, _: int) -> int:
        if name == "b":
            raise RunTimeoutError
        return 0

    results, starter = fake(["a", "b"], CommandSettings(count=3, timeout_s=2.5), ends)
    assert results.skipped[0].reason.startswith("did not end within 2.5 s")
    assert starter.calls.count("b") == 1


def test_an_interrupt_keeps_what_is_finished() -> None:
    def ends(name: str, n: int) -> int:
        if (name, n) == ("b", 4):
            raise KeyboardInterrupt
        return 0

    results, _ = fake(["a", "b"], CommandSettings(), ends)
    assert not results.complete
    assert results.rounds == 3
    assert {len(m.values) for m in results.measurements if m.case == "b"} == {3}
    early, _ = fake(["a"], CommandSettings(), lambda _, n: ends("b", n + 3))
    assert early.skipped[0].reason == "interrupted"
    assert early.cases == ()


def test_errands_run_when_they_should(tmp_path: Path) -> None:
    log = tmp_path / "log"
    specs = expand(
        ["true", "sh -c :"],
        setup=f"echo setup >> {log}",
        prepare=[f"echo first >> {log}", f"echo second >> {log}"],
        cleanup=f"echo cleanup >> {log}",
    )
    real(specs, CommandSettings(count=3, warmup=1))
    lines = log.read_text().split()
    assert (lines[0], lines[-1]) == ("setup", "cleanup")
    assert Counter(lines) == {"setup": 1, "first": 4, "second": 4, "cleanup": 1}


def test_errands_that_fail_say_which() -> None:
    specs = (*expand(["true"], prepare=["echo 'no /srv/me/room' >&2; exit 9"]), *expand(["sleep 0"], setup="exit 2"))
    results = real(specs, CommandSettings(count=2))
    assert {s.case: s.reason for s in results.skipped} == {
        "true": "prepare failed: exit code 9: no room",
        "sleep 0": "setup failed: exit code 2",
    }
    ear = Ear()
    assert real(expand(["true"], cleanup="exit 5"), CommandSettings(count=1), ear).cases
    assert ear.notes == ["cleanup failed: exit code 5"]


def test_the_program_may_be_made_by_prepare(tmp_path: Path) -> None:
    made = tmp_path / "made"
    specs = expand([str(made)], prepare=[f"printf '#!/bin/sh\\n' > {made}; chmod +x {made}"])
    assert real(specs, CommandSettings(count=2)).cases[0].case == "made"


def test_a_missing_command_stops_the_run_after_cleaning_up(tmp_path: Path) -> None:
    specs = expand(["no-such-command-here"], cleanup=f"touch {tmp_path}/cleaned")
    with pytest.raises(UsageError, match="command not found: 'no-such-command-here'"):
        real(specs, CommandSettings())
    assert (tmp_path / "cleaned").exists()


def test_input_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read --input"):
        real(expand(["cat"]), CommandSettings(input_file=tmp_path / "absent"))
    with pytest.raises(UsageError, match="directory"):
        real(expand(["cat"]), CommandSettings(input_file=tmp_path))


def test_control_c_ends_the_command_and_keeps_the_runs(tmp_path: Path) -> None:
    script = f"""
import random
from perftool.bench.processes.api import CommandSettings
from perftool.bench.processes.parameters import ParameterList, expand
from perftool.bench.processes.runner import measure
from perftool.clock import SystemClock
from perftool.events import Silent
specs = expand(["test -e {tmp_path}/go && {{ echo ready >&2; sleep 60; }}; touch {tmp_path}/go"])
settings = CommandSettings(output="inherit")
results = measure(specs, settings, random=random.Random(1), clock=SystemClock(), listener=Silent())
print(results.complete, results.rounds, len(results.measurements[0].values))
"""
    command = [sys.executable, "-c", script]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=os.getcwd())
    assert child.stderr is not None
    assert child.stderr.readline() == "ready\n"
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=30)
    assert out.split() == ["False", "1", "1"]
