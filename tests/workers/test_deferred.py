from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.workers.api import Job
from perftool.workers.deferred import DeferredExecutor
from perftool.workers.inline import InlineExecutor
from tests.workers.kit import answers, items

if TYPE_CHECKING:
    from perftool.workers.api import Executor

JOB = Job("tests.workers.jobs:make", 5)


@pytest.fixture
def made() -> list[str]:
    return []


def deferred(made: list[str], small: int = 100) -> DeferredExecutor:
    def by(name: str) -> Executor:
        made.append(name)
        return InlineExecutor(JOB)

    return DeferredExecutor(lambda: by("few"), lambda: by("many"), small=small)


def test_nothing_is_made_for_nothing(made: list[str]) -> None:
    with deferred(made) as executor:
        assert list(executor.run([])) == []
        executor.cancel()
        assert executor.metrics().items == 0
        assert executor.notes == ()
    assert made == []


def test_little_is_done_by_few_and_so_is_what_follows(made: list[str]) -> None:
    with deferred(made) as executor:
        assert answers(executor.run(items("echo:a", "echo:b"))) == answers(
            InlineExecutor(JOB).run(items("echo:a", "echo:b"))
        )
        assert len(list(executor.run(items("echo:" + "a" * 200)))) == 1
        assert executor.metrics().items == 3
        assert "no time-out" in executor.notes[0]
    assert made == ["few"]


def test_much_is_done_by_many_and_read_no_further_than_to_know(made: list[str]) -> None:
    waiting = iter(items(*["echo:abcdefgh"] * 9))
    with deferred(made, small=20) as executor:
        run = executor.run(waiting)
        next(run)
        assert made == ["many"]
        assert len(list(waiting)) > 5
        assert len(list(run)) == 1
