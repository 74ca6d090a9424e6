from __future__ import annotations

import pytest

from perftool.errors import UsageError
from perftool.workers.api import PAUSE, Job
from perftool.workers.choosing import executor
from perftool.workers.inline import InlineExecutor
from perftool.workers.local import LocalExecutor
from tests.workers.kit import answers, items

JOB = Job("tests.workers.jobs:make", 5)


def test_outcomes_are_those_of_processes() -> None:
    work = items("echo:a", "raise:no", "text", "leave", "echo:b")
    with InlineExecutor(JOB) as inline, LocalExecutor(JOB, workers=1) as processes:
        here, there = list(inline.run(work)), list(processes.run(work))
        assert [(o.number, o.result, o.failure, o.message, o.attempts) for o in here] == [
            (o.number, o.result, o.failure, o.message, o.attempts) for o in there
        ]
        assert inline.metrics().counters == processes.metrics().counters
        assert inline.metrics().failures == processes.metrics().failures == {"failed": 3}
        assert "no time-out" in inline.notes[0]
        assert processes.notes == ()


def test_nothing_is_pulled_before_it_is_wanted() -> None:
    pulled: list[int] = []
    with InlineExecutor(JOB) as inline:
        run = inline.run(item for item in items("echo:a", "echo:b") if not pulled.append(item.number))
        next(run)
        assert pulled == [0]
        inline.cancel()
        assert answers(run) == ["cancelled"]


def test_a_pause_is_no_item() -> None:
    work = [PAUSE, *items("echo:a"), PAUSE, *items("echo:b"), PAUSE]
    with InlineExecutor(JOB) as inline, LocalExecutor(JOB, workers=1) as processes:
        assert answers(inline.run(work)) == answers(processes.run(work)) == ["a", "b"]
        assert inline.metrics().items == processes.metrics().items == 2


def test_a_job_that_refuses_is_an_error_of_its_own() -> None:
    with (
        InlineExecutor(Job("tests.workers.jobs:make", "make refuses")) as inline,
        pytest.raises(UsageError, match="dialect"),
    ):
        list(inline.run(items("echo:a")))


def test_an_interrupt_is_not_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object, item: bytes) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.workers.jobs.Work.__call__", interrupted)
    with InlineExecutor(JOB) as inline, pytest.raises(KeyboardInterrupt):
        list(inline.run(items("echo:a")))


def test_processes_are_chosen_where_something_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        executor(JOB, workers=1) as one,
        executor(JOB, workers=2) as two,
        executor(JOB, workers=1, timeout_s=9) as timed,
    ):
        assert [type(one), type(two), type(timed)] == [InlineExecutor, LocalExecutor, LocalExecutor]
    monkeypatch.setattr("perftool.workers.local.available", lambda: False)
    with executor(JOB, workers=4, timeout_s=1) as fallback:
        assert type(fallback) is InlineExecutor
