"""Real processes: what comes out, in which order, and how far they run ahead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.errors import PerftoolError, UnavailableError, UsageError
from perftool.workers import local
from perftool.workers.api import Item, Job
from perftool.workers.local import LocalExecutor
from tests.workers.kit import answers, crew, items, until

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_many_tiny_items_in_order() -> None:
    with crew(make="make_echo") as executor:
        payloads = [b"%d" % n for n in range(10_000)]
        outcomes = list(executor.run(items(*payloads)))
    assert [o.result for o in outcomes] == payloads
    assert [o.number for o in outcomes] == list(range(10_000))
    assert {o.worker for o in outcomes} == {0, 1}
    assert all(o.attempts == 1 and o.failure == "" and o.seconds >= 0 for o in outcomes)


def test_large_items_and_results_pass_in_both_directions() -> None:
    """Far more than sockets hold, both ways at once: nobody may wait for the other."""
    large = bytes(range(256)) * 20_000
    with crew(make="make_echo", workers=3) as executor:
        outcomes = list(executor.run(items(b"a", large, b"", *[large] * 6, b"z")))
    assert [o.result for o in outcomes] == [b"a", large, b"", *[large] * 6, b"z"]


def test_a_small_item_may_have_a_large_result() -> None:
    with crew(workers=1) as executor:
        outcomes = executor.run(items("make:3000000", "make:70000", "make:1", "make:3000000"))
        assert [len(o.result or b"") for o in outcomes] == [3_000_000, 70_000, 1, 3_000_000]


def test_unordered_outcomes_come_as_they_are_ready() -> None:
    with crew() as executor:
        # Two items of their own chunk: the quick one overtakes.
        slow, quick = b"sleep:0.3" + b"0" * 20_000, b"size:" + b"x" * 100_000
        numbers = [o.number for o in executor.run(items(slow, quick), ordered=False)]
        assert numbers == [1, 0]
        assert [o.number for o in executor.run(items(slow, quick))] == [0, 1]


def test_an_exception_is_an_outcome_and_ends_nothing() -> None:
    with crew(workers=1) as executor:
        outcomes = list(
            executor.run(items("raise:a\nb", "odd", "deep", "leave", "text", "view:fine", "pid", "nonsense"))
        )
        assert [o.failure for o in outcomes] == [*["failed"] * 5, "", "", "failed"]
        assert outcomes[0].message == "ValueError: a b"
        assert outcomes[1].message == "OddError"
        assert outcomes[2].message.startswith("RecursionError: ")
        assert outcomes[3].message == "SystemExit: 4"
        assert outcomes[4].message == "TypeError: the work must return bytes, not str"
        assert outcomes[5].result == b"fine"
        assert executor.metrics().failures == {"failed": 6}
        assert executor.metrics().replaced == 0


def test_everything_is_prepared_once_before_the_workers() -> None:
    with crew({"rules": [1, "two", b"three"]}) as executor:
        told = set(answers(executor.run(items(*["prepared"] * 20))))
        (nursery,) = set(answers(executor.run(items(*["parent"] * 20))))
    assert told == {f"[({{'rules': [1, 'two', b'three']}}, {nursery})]"}
    assert int(nursery) != os.getpid()


def test_nothing_of_the_main_module_is_imported() -> None:
    with crew() as executor:
        (main,) = answers(executor.run(items("main")))
    assert main.endswith("start.py'")


def test_what_the_work_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with crew() as executor:
        assert answers(executor.run(items("noise", "noise"))) == ["quiet", "quiet"]
    assert capfd.readouterr() == ("", "")


def test_settings_larger_than_a_socket_holds() -> None:
    with crew({"schema": "x" * 3_000_000}) as executor:
        assert answers(executor.run(items("echo:1"))) == ["1"]


def test_processes_are_few_when_items_are() -> None:
    with crew(workers=8) as executor:
        assert len(executor.pids) == 1
        until(lambda: list(executor.run(items("echo:1"))) and len(executor.pids) == 2)
        assert len(executor._crew.workers) == 1


def test_runs_follow_each_other_in_the_same_workers() -> None:
    with crew() as executor:
        first = {*answers(executor.run(items(*["pid"] * 50)))}
        second = {*answers(executor.run(items(*["pid"] * 50)))}
        assert second <= first
        assert answers(executor.run([])) == []
        assert executor.metrics().items == 100
        assert executor.metrics().counters == {"done": 100.0}


def test_one_run_at_a_time() -> None:
    with crew() as executor:
        run = executor.run(items("echo:1", "echo:2"))
        next(run)
        with pytest.raises(RuntimeError, match="already runs"):
            next(executor.run(items("echo:3")))
        assert answers(run) == ["2"]
        assert answers(executor.run(items("echo:3"))) == ["3"]


def test_a_slow_consumer_bounds_what_is_pulled() -> None:
    pulled = 0

    def source() -> Iterator[Item]:
        nonlocal pulled
        for pulled in range(1, 5001):
            yield Item(pulled, b"echo:" + b"x" * 200)

    with crew(window_items=100) as executor:
        for seen, outcome in enumerate(executor.run(source()), 1):
            assert outcome.number == seen
            assert pulled - seen < 100
    assert pulled == 5000


def test_a_slow_first_item_bounds_what_is_pulled() -> None:
    """Ordered outcomes wait for the first one; what piles up behind it is bounded in bytes."""
    pulled = 0

    def source() -> Iterator[Item]:
        nonlocal pulled
        yield Item(0, b"sleep:0.3")
        for pulled in range(1, 2001):
            yield Item(pulled, b"echo:" + b"x" * 1000)

    with crew(window_bytes=200_000) as executor:
        run = executor.run(source())
        assert next(run).result == b"0.3"
        assert 100 < pulled < 220
        assert sum(1 for _ in run) == pulled == 2000
        assert executor.metrics().ready_max > 50


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ("make refuses", UsageError, "no dialect named 'x'"),
        ("prepare fails", PerftoolError, "the workers cannot start: ValueError: no luck"),
        (
            "prepare dies",
            UnavailableError,
            "the worker processes cannot start: the first of them was killed by SIGKILL",
        ),
        ("no forks", UnavailableError, "cannot start worker processes: resource temporarily unavailable"),
        ("make dies", UnavailableError, "the workers end before they have worked anything: the last one was killed"),
    ],
)
def test_a_job_that_cannot_start_says_so(settings: str, kind: type[PerftoolError], message: str) -> None:
    with crew(settings) as executor, pytest.raises(kind, match=message) as raised:
        list(executor.run(items("echo:1", "echo:2")))
    assert type(raised.value) is kind


def test_with_fewer_processes_than_wanted() -> None:
    """The system refuses all forks after the first: the work is done by that one."""
    with crew("one fork", workers=3) as executor:
        outcomes = list(executor.run(items(*["echo:" + "x" * 9000] * 20)))
        assert [o.failure for o in outcomes] == [""] * 20
        assert len({o.worker for o in outcomes}) == 1


def test_a_result_beside_a_long_item_is_not_held_back() -> None:
    with crew(workers=1) as executor:
        run = executor.run(items("echo:a", "sleep:60"))
        assert next(run).result == b"a"
        (worker,) = executor._crew.workers.values()
        assert worker.running() is not None
        run.close()


@pytest.mark.parametrize("make", ["tests.workers.missing:make", "tests.workers.jobs:missing", "nothing"])
def test_a_job_that_is_not_there_says_so(make: str) -> None:
    with LocalExecutor(Job(make), workers=1) as executor, pytest.raises(PerftoolError, match=r"missing|nothing"):
        list(executor.run(items("echo:1")))


def test_without_an_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    with pytest.raises(UnavailableError, match="cannot start worker processes: no such file") as raised:
        crew()
    assert raised.value.hint == "use --jobs 1"


def test_without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "available", lambda: False)
    with pytest.raises(UnavailableError, match="fork"):
        crew()


def test_workers_that_rest_are_gone_and_back_when_there_is_work() -> None:
    with crew(workers=2) as executor:
        first = answers(executor.run(items("echo:a", "raise:no", "echo:b")))
        counted = executor.metrics().counters
        executor.rest()
        assert len(executor.pids) == 1
        assert executor.metrics().counters == counted
        assert answers(executor.run(items("echo:a", "raise:no", "echo:b"))) == first
        executor.rest()
        executor.rest()
