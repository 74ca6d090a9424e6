"""However a run ends, no process, zombie or descriptor is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from perftool.workers.api import Item
from tests.workers.kit import answers, crew, descriptors, ended, gone, items, until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before, children = descriptors(), psutil.Process().children(recursive=True)
    yield
    assert psutil.Process().children(recursive=True) == children
    assert descriptors() == before


def test_after_a_run() -> None:
    with crew() as executor:
        list(executor.run(items(*["echo:1"] * 10)))
        pids = executor.pids
        assert len(pids) > 1
    assert all(gone(pid) for pid in pids)
    executor.close()


def test_without_any_run() -> None:
    crew().close()


def test_while_the_job_is_still_loading() -> None:
    with crew("prepare hangs") as executor:
        pids = executor.pids
    assert gone(pids[0])


def test_closing_a_run_while_the_job_is_still_loading() -> None:
    with crew("prepare hangs", timeout_s=0.1) as executor:
        run = executor.run(iter_then_interrupt())
        with pytest.raises(KeyboardInterrupt):
            next(run)


def iter_then_interrupt() -> Iterator[Item]:
    yield Item(0, b"echo:" + b"x" * 20_000)
    raise KeyboardInterrupt


def test_closing_the_generator_ends_what_runs_and_the_next_run_works() -> None:
    with crew() as executor:
        run = executor.run(items("pid", *["sleep:60"] * 4))
        pid = int(next(run).result or 0)
        run.close()
        assert gone(pid)
        assert len(executor.pids) == 1
        assert answers(executor.run(items("echo:again"))) == ["again"]


def test_an_error_of_the_source_ends_what_runs() -> None:
    def source() -> Iterator[Item]:
        yield Item(0, b"sleep:60" + b" " * 20_000)
        raise OSError("disk on fire")

    with crew() as executor:
        with pytest.raises(OSError, match="on fire"):
            list(executor.run(source()))
        assert answers(executor.run(items("echo:again"))) == ["again"]


def test_close_in_the_middle_of_a_run() -> None:
    executor = crew()
    run = executor.run(items("pid", *["sleep:60"] * 4))
    pid = int(next(run).result or 0)
    executor.close()
    assert gone(pid)
    run.close()


def test_cancelled_items_come_out_as_such() -> None:
    with crew(workers=1, window_items=4) as executor:
        run = executor.run(items("echo:a", "sleep:60", "echo:b", "echo:c", "echo:never pulled"))
        assert next(run).result == b"a"
        executor.cancel()
        rest = list(run)
        assert [(o.number, o.failure) for o in rest] == [(1, "cancelled"), (2, "cancelled")]
        assert executor.metrics().failures == {"cancelled": 2}
        assert answers(executor.run(items("echo:d"))) == ["d"]


PARENT = """
import sys
from tests.workers.kit import crew, items
executor = crew()
print(*executor.pids, flush=True)
for outcome in executor.run(items("pid", *["pid"] * 5, *[{work!r}] * 10)):
    print(outcome.result.decode(), flush=True)
"""


def started(work: str) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a parent with workers of its own and return it with their process ids."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(work=work)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    nursery, worker = process.stdout.readline(), process.stdout.readline()
    return process, [int(nursery), int(worker)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("work", ["sleep:60", "stop"])
def test_workers_end_with_their_parent(number: signal.Signals, work: str) -> None:
    process, pids = started(work)
    with process:
        os.kill(process.pid, number)
        process.wait(30)
        for pid in pids:
            until(lambda pid=pid: ended(pid))


def test_a_parent_that_forgets_to_close_leaves_nothing() -> None:
    process, pids = started("echo:done")
    with process:
        assert process.stdout is not None
        process.stdout.read()
        process.wait(30)
        for pid in pids:
            until(lambda pid=pid: ended(pid))
