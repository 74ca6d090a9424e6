"""Real signals: a worker that dies, hangs or is stopped costs the guilty item and nothing else."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from perftool.workers import loop
from perftool.workers.crew import Crew
from tests.workers.kit import answers, crew, ended, gone, items, until

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.workers.crew import Heard


def test_a_deadly_item_dies_twice_and_takes_nobody_along() -> None:
    with crew() as executor:
        run = executor.run(items(*["echo:a"] * 20, "die:9", *["echo:b"] * 20, "die:11", "end:3", "echo:c"))
        outcomes = list(run)
        metrics = executor.metrics()
    by_failure = {o.number: o for o in outcomes if o.failure}
    assert [o.result for o in outcomes if not o.failure] == [b"a"] * 20 + [b"b"] * 20 + [b"c"]
    assert {number: o.failure for number, o in by_failure.items()} == dict.fromkeys((20, 41, 42), "killed")
    assert by_failure[20].message == "its worker was killed by SIGKILL, as another did before"
    assert "SIGSEGV" in by_failure[41].message
    assert "ended with exit code 3" in by_failure[42].message
    assert {o.attempts for o in by_failure.values()} == {2}
    assert (metrics.replaced, metrics.retries, metrics.failures) == (6, 3, {"killed": 3})


def test_an_item_whose_worker_dies_once_comes_out_normally(tmp_path: Path) -> None:
    with crew() as executor:
        outcomes = list(executor.run(items("echo:a", f"die-once:{tmp_path / 'x'}", "echo:b")))
    assert [o.result for o in outcomes] == [b"a", b"survived", b"b"]
    assert [o.attempts for o in outcomes] == [1, 2, 1]


def test_finished_items_are_neither_lost_nor_done_again(tmp_path: Path) -> None:
    """All in one chunk: what was finished before the death had not been sent yet."""
    notes = [tmp_path / str(n) for n in range(10)]
    work = [f"note:{path}" for path in notes]
    with crew(workers=1) as executor:
        outcomes = list(executor.run(items(*work[:5], "die:9", *work[5:])))
    assert [o.failure for o in outcomes] == [""] * 5 + ["killed"] + [""] * 5
    assert {path.read_text() for path in notes} == {"x"}


def test_a_worker_killed_from_outside_is_replaced() -> None:
    with crew(workers=1) as executor:
        run = executor.run(items(*["pid"] * 5, "sleep:0.3", *["pid"] * 5), ordered=True)
        first = int(next(run).result or 0)
        until(lambda: any(w.running() and w.running()[1] > 5 for w in executor._crew.workers.values()))
        os.kill(first, signal.SIGKILL)
        rest = list(run)
        metrics = executor.metrics()
    assert [o.failure for o in rest] == [""] * 10
    assert rest[4].attempts == 2
    pids = {o.result for o in rest if o.number > 5}
    assert str(first).encode() not in pids
    assert metrics.replaced == 1


def test_an_idle_worker_killed_between_runs_is_replaced() -> None:
    with crew(workers=1) as executor:
        (pid,) = answers(executor.run(items("pid")))
        os.kill(int(pid), signal.SIGKILL)
        until(lambda: gone(int(pid)))
        (other,) = answers(executor.run(items("pid")))
        assert other != pid


def test_losing_the_nursery_loses_no_item() -> None:
    with crew() as executor:
        run = executor.run(items(*["echo:a"] * 5, "sleep:0.2", *["echo:b"] * 5))
        first = [next(run)]
        nursery, *workers = executor.pids
        os.kill(nursery, signal.SIGKILL)
        outcomes = first + list(run)
        assert [o.failure for o in outcomes] == [""] * 11
        assert executor.pids[0] != nursery
        for pid in workers:
            until(lambda pid=pid: ended(pid))


def test_an_endless_item_costs_its_time_out_and_nothing_else(tmp_path: Path) -> None:
    notes = [tmp_path / str(n) for n in range(10)]
    work = [f"note:{path}" for path in notes]
    with crew(workers=1, timeout_s=0.15) as executor:
        outcomes = list(executor.run(items(*work[:5], "sleep:60", *work[5:])))
        metrics = executor.metrics()
    assert [o.failure for o in outcomes] == [""] * 5 + ["timeout"] + [""] * 5
    assert outcomes[5].message == "took longer than 0.15 s"
    assert 0.15 < outcomes[5].seconds < 2
    assert outcomes[5].attempts == 1
    assert {path.read_text() for path in notes} == {"x"}
    assert (metrics.replaced, metrics.failures) == (1, {"timeout": 1})


def test_a_stopped_worker_times_out() -> None:
    with crew(timeout_s=0.15) as executor:
        assert answers(executor.run(items("echo:a", "stop", "echo:b"))) == ["a", "timeout", "b"]


def test_a_worker_that_never_begins_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "_SILENCE_NS", 100_000_000)
    with crew(workers=1, timeout_s=0.1) as executor:
        (pid,) = answers(executor.run(items("pid")))
        os.kill(int(pid), signal.SIGSTOP)
        (other,) = answers(executor.run(items("pid")))
        assert other != pid


def test_time_in_which_everything_was_stopped_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """As by Ctrl-Z: the clock jumps while the parent waits, and the item goes on afterwards."""
    jump = 0
    true_clock = time.monotonic_ns

    def listen(self: Crew, timeout: float | None) -> list[Heard]:
        nonlocal jump
        heard = true_listen(self, timeout)
        if not jump and any(w.running() for w in self.workers.values()):
            jump = 3_000_000_000
        return heard

    true_listen = Crew.listen
    monkeypatch.setattr(Crew, "listen", listen)
    monkeypatch.setattr(loop.time, "monotonic_ns", lambda: true_clock() + jump)
    with crew(timeout_s=2.0) as executor:
        assert answers(executor.run(items("sleep:0.2"))) == ["0.2"]
        assert jump


def test_many_time_outs_in_several_workers() -> None:
    with crew(workers=3, timeout_s=0.3) as executor:
        found = answers(executor.run(items(*["sleep:9", "echo:x"] * 6), ordered=False))
    assert sorted(found) == ["timeout"] * 6 + ["x"] * 6


def test_a_slow_consumer_is_no_time_out() -> None:
    with crew(timeout_s=0.3) as executor:
        found = []
        for outcome in executor.run(items(*["make:100000"] * 12)):
            time.sleep(0.03)
            found.append(outcome.failure)
    assert found == [""] * 12


def test_workers_leave_ctrl_c_to_the_parent() -> None:
    with crew() as executor:
        assert answers(executor.run(items("interrupt", "echo:a"))) == ["unimpressed", "a"]
        os.kill(executor.pids[0], signal.SIGINT)
        assert answers(executor.run(items("echo:b"))) == ["b"]


@pytest.mark.parametrize("ordered", [True, False])
def test_deaths_do_not_disturb_the_order(ordered: bool) -> None:
    work = ["die:9" if n % 50 == 49 else f"echo:{n}" for n in range(150)]
    with crew() as executor:
        outcomes = list(executor.run(items(*work), ordered=ordered))
    numbers = [o.number for o in outcomes]
    assert numbers == list(range(150)) if ordered else sorted(numbers) == list(range(150))
    assert {o.number for o in outcomes if o.failure == "killed"} == {49, 99, 149}
