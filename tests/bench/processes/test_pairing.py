"""Commands on both sides in each block: order, equal conditions, failures, looks, interrupts, errands."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.processes.api import CommandSettings, Place
from perftool.bench.processes.launching import Run, RunTimeoutError
from perftool.bench.processes.pairing import CommandPairRunner, How
from perftool.bench.processes.parameters import ParameterList, expand
from perftool.bench.schedule import Plan
from perftool.clock import SystemClock
from perftool.errors import UsageError
from perftool.events import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from perftool.bench.processes.api import CommandSpec
    from perftool.bench.processes.pairing import CommandPairRun

    Ends = Callable[[str, str, int], int]


@dataclass
class Bench:
    """A second passes with every run; ``ends`` gives an exit code or raises, by side, argv[0] and its number there."""

    ends: Ends = lambda _side, _name, _number: 0
    seconds: float = 0.1
    at: float = 0.0
    calls: list[tuple[str, str, int, int | None]] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at

    def runs(self, name: str, side: str) -> int:
        return sum(call[:2] == (side, name) for call in self.calls)


@dataclass
class FakeStarter:
    bench: Bench
    side: str

    def run(
        self, argv: Sequence[str], *, timeout_s: float | None = None, offset: int = 0, hash_seed: int | None = None
    ) -> Run:
        self.bench.calls.append((self.side, argv[0], offset, hash_seed))
        self.bench.at += self.bench.seconds
        code = self.bench.ends(self.side, argv[0], self.bench.runs(argv[0], self.side))
        return Run(self.bench.seconds, 0.05, 0.02, 1000, code)

    def error_tail(self) -> str:
        return "no '/srv/side/x'"


class Ear(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.heard: list[Progress] = []

    def progress(self, event: Progress) -> None:
        self.heard.append(event)

    def note(self, message: str) -> None:
        self.notes.append(message)


def places(tmp_path: Path) -> tuple[Place, Place]:
    made = []
    for name in ("base", "next"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        variables = {"PATH": f"{folder}/bin:/usr/bin:/bin", "SIDE": name}
        made.append(Place(folder, variables, home=tmp_path / "home", tree=folder))
    return made[0], made[1]


@pytest.fixture
def here(tmp_path: Path) -> tuple[Place, Place]:
    return places(tmp_path)


def fake(
    here: tuple[Place, Place],
    lines: Sequence[str],
    bench: Bench | None = None,
    *,
    plan: Plan | None = None,
    samples: int = 2,
    settings: CommandSettings | None = None,
    **more: Any,
) -> tuple[CommandPairRun, Bench]:
    bench = bench or Bench()
    how = How(settings or CommandSettings(), plan or Plan(4), samples=samples, seed=7)
    starters = (FakeStarter(bench, "base"), FakeStarter(bench, "now"))
    listener = more.pop("listener", Silent())
    runner = CommandPairRunner(how, here, clock=bench, listener=listener, starters=starters, **more)
    return runner.run(expand(lines)), bench


def real(
    here: tuple[Place, Place], specs: tuple[CommandSpec, ...], ear: Ear | None = None, blocks: int = 2, **more: Any
) -> CommandPairRun:
    how = How(CommandSettings(**more), Plan(blocks), samples=1, seed=7)
    return CommandPairRunner(how, here, clock=SystemClock(), listener=ear or Silent()).run(specs)


def test_every_block_has_both_sides_of_every_command_in_turn(here: tuple[Place, Place]) -> None:
    done, bench = fake(here, ["a", "b"], plan=Plan(30))
    measured = bench.calls[4:]  # after a warm-up of both commands on both sides
    groups = [measured[i : i + 4] for i in range(0, len(measured), 4)]
    assert all(len({name for _, name, _, _ in group}) == 1 for group in groups)
    orders = Counter("".join(side[0] for side, _, _, _ in group) for group in groups)
    assert set(orders) == {"bnnb", "nbbn"}
    assert min(orders.values()) > 15  # of 60: a fair coin falls below with probability 0.00003
    assert {groups[i][0][1] for i in range(0, len(groups), 2)} == {"a", "b"}
    for pair in done.pairs:
        for series in pair.both:
            assert [block for block, _ in series.finished] == [n // 2 for n in range(60)]
    assert (done.stopping.done, done.stopping.reason, done.complete) == (30, "planned", True)


def test_both_runs_of_a_pair_share_size_of_the_environment_and_hash_seed(here: tuple[Place, Place]) -> None:
    _, bench = fake(here, ["a"], plan=Plan(20))
    pairs = [bench.calls[i : i + 2] for i in range(0, len(bench.calls), 2)]
    assert all(one[0] != other[0] and one[2:] == other[2:] for one, other in pairs)
    assert len({one[2] for one, _ in pairs}) > 30
    assert len({one[3] for one, _ in pairs}) == len(pairs)


def test_the_same_seed_gives_the_same_run(here: tuple[Place, Place]) -> None:
    assert fake(here, ["a", "b"])[1].calls == fake(here, ["a", "b"])[1].calls


def test_a_slow_command_gets_one_run_a_side_and_block(here: tuple[Place, Place]) -> None:
    done, _ = fake(here, ["a"], Bench(seconds=0.5))
    assert [block for block, _ in done.pairs[0].now.finished] == [0, 1, 2, 3]


def test_warm_up_runs_are_forgotten_and_there_is_always_one(here: tuple[Place, Place]) -> None:
    assert fake(here, ["a"])[1].runs("a", "now") == 1 + 4 * 2
    assert fake(here, ["a"], settings=CommandSettings(warmup=3))[1].runs("a", "now") == 3 + 4 * 2


@pytest.mark.parametrize("lost", ["base", "now"])
@pytest.mark.parametrize("number", [1, 4])
def test_a_command_that_fails_on_one_side_is_lost_there(here: tuple[Place, Place], lost: str, number: int) -> None:
    bench = Bench(lambda side, name, n: 3 if (side, name) == (lost, "a") and n >= number else 0)
    done, _ = fake(here, ["a", "b"], bench)
    a, b = done.pairs
    assert a.lost == lost
    when = "the warm-up" if number == 1 else "block 2"
    assert a.reason == f"exit code 3 in {when}: no 'x' (--ignore-failure measures it)"
    assert len(a.base.finished) == len(a.now.finished) == (0 if number == 1 else 2)
    assert len(b.now.finished) == 8
    assert bench.runs("a", lost) == number


def test_one_that_fails_on_both_is_lost_on_neither_and_nothing_is_measured(here: tuple[Place, Place]) -> None:
    done, bench = fake(here, ["a"], Bench(lambda *_: 1))
    assert (done.pairs[0].lost, done.pairs[0].alive, done.stopping.done) == (None, False, 0)
    assert len(bench.calls) == 2


def test_failures_can_be_accepted(here: tuple[Place, Place]) -> None:
    done, _ = fake(here, ["a"], Bench(lambda *_: 1), settings=CommandSettings(ignore_failure=True))
    assert done.pairs[0].now.exit_codes == {"1": 8}


def test_a_timeout_on_one_side(here: tuple[Place, Place]) -> None:
    def ends(side: str, _name: str, number: int) -> int:
        if side == "now" and number == 3:
            raise RunTimeoutError
        return 0

    done, _ = fake(here, ["a"], Bench(ends), settings=CommandSettings(timeout_s=2))
    assert done.pairs[0].lost == "now"
    assert "did not end within 2 s" in (done.pairs[0].reason or "")


@pytest.mark.parametrize("number", [1, 3])
def test_what_one_side_cannot_start_is_lost_there(here: tuple[Place, Place], number: int) -> None:
    def ends(side: str, _name: str, n: int) -> int:
        if side == "base" and n == number:
            raise UsageError("command not found: 'a'")
        return 0

    done, _ = fake(here, ["a"], Bench(ends))
    assert (done.pairs[0].lost, done.pairs[0].reason) == ("base", "command not found: 'a'")


def test_what_neither_side_can_start_is_an_error(here: tuple[Place, Place], tmp_path: Path) -> None:
    specs = expand(["no-such-command-here"], cleanup=f"touch {tmp_path}/$SIDE.cleaned")
    with pytest.raises(UsageError, match="command not found: 'no-such-command-here'"):
        real(here, specs)
    assert sorted(p.name for p in tmp_path.glob("*.cleaned")) == ["base.cleaned", "next.cleaned"]


def test_looks_and_budget_end_the_run(here: tuple[Place, Place]) -> None:
    asked: list[int] = []

    def judge(pairs: Any, number: int) -> tuple[int, int]:
        asked.append(len(pairs[0].now.finished))
        return number, 1

    plan = Plan(8, looks=(2, 5, 8), levels=(0.001, 0.01, 0.04))
    done, _ = fake(here, ["a"], plan=plan, judge=judge)
    assert asked == [4, 10]
    assert (done.stopping.reason, done.stopping.done) == ("decided", 5)
    done, _ = fake(here, ["a"], plan=Plan(1000, budget_s=10.0))
    assert done.stopping.reason == "budget"
    assert 20 <= done.stopping.done <= 25


def test_an_interrupt_keeps_finished_blocks_and_cleans_up(here: tuple[Place, Place], tmp_path: Path) -> None:
    def ends(side: str, name: str, number: int) -> int:
        if (side, name, number) == ("now", "b", 6):
            raise KeyboardInterrupt
        return 0

    bench = Bench(ends)
    how = How(CommandSettings(), Plan(9), samples=2, seed=7)
    starters = (FakeStarter(bench, "base"), FakeStarter(bench, "now"))
    runner = CommandPairRunner(how, here, clock=bench, listener=Silent(), starters=starters)
    done = runner.run(expand(["a", "b"], cleanup=f"echo $SIDE >> {tmp_path}/log"))
    assert not done.complete
    assert done.stopping.done == 2
    assert {len(series.finished) for series in done.pairs[1].both} == {4}
    assert (tmp_path / "log").read_text().split() == ["base", "next"]


def test_progress_tells_the_command(here: tuple[Place, Place]) -> None:
    ear = Ear()
    fake(here, ["a"], listener=ear)
    assert ear.heard[0] == Progress(0, 4, "warm-up: a")
    assert (ear.heard[-1].done, ear.heard[-1].activity) == (3, "a")


def test_each_side_runs_in_its_folder_with_its_environment(here: tuple[Place, Place]) -> None:
    for place in here:
        (place.folder / "bin").mkdir()
        for path in (place.folder / "tool", place.folder / "bin" / "found"):
            path.write_text("#!/bin/sh\necho $1 $SIDE ${0##*/} >> seen\n")
            path.chmod(0o755)
    specs = expand(
        ["./tool {n}", "found {n}", "echo {n} $SIDE sh >> seen"],
        lists=[ParameterList("n", ("1", "2"))],
        setup="echo setup $SIDE errand >> seen",
        prepare=["echo prepare $SIDE errand >> seen"],
        cleanup="echo cleanup $SIDE errand >> seen",
    )
    done = real(here, specs)
    assert all(pair.alive for pair in done.pairs)
    for place in here:
        lines = (place.folder / "seen").read_text().splitlines()
        side = place.variables["SIDE"]
        assert lines[0] == f"setup {side} errand"
        assert lines[-1] == f"cleanup {side} errand"
        expected = {f"{n} {side} {tool}": 3 for n in "12" for tool in ("tool", "found", "sh")}
        expected |= {f"prepare {side} errand": 18, f"setup {side} errand": 1, f"cleanup {side} errand": 1}
        assert Counter(lines) == expected


def test_errands_that_fail_on_one_side(here: tuple[Place, Place]) -> None:
    for line, what in (("test $SIDE = base", "setup"), ("test $SIDE = base", "prepare")):
        given: dict[str, Any] = {what: line if what == "setup" else [line]}
        pair = real(here, expand(["true"], **given)).pairs[0]
        assert pair.lost == "now"
        assert pair.reason == f"{what} failed: exit code 1"
    ear = Ear()
    assert real(here, expand(["true"], cleanup="test $SIDE = base"), ear).pairs[0].alive
    assert ear.notes == ["cleanup of now failed: exit code 1"]


def test_both_sides_read_the_same_input(here: tuple[Place, Place], tmp_path: Path) -> None:
    (tmp_path / "in").write_text("a\n")
    real(here, expand(["cat >> got"]), input_file=tmp_path / "in")
    assert [(place.folder / "got").read_text() for place in here] == ["a\na\na\n"] * 2
    with pytest.raises(UsageError, match="cannot read --input"):
        real(here, expand(["cat"]), input_file=tmp_path / "absent")


def test_orders_are_drawn_from_the_seed_alone(here: tuple[Place, Place]) -> None:
    random.seed(1)
    one = fake(here, ["a", "b", "c"])[1].calls
    random.seed(2)
    assert fake(here, ["a", "b", "c"])[1].calls == one
