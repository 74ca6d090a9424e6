"""Threads and asyncio tasks are found where they stand."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from perftool.profiling.live import tasks as module
from perftool.profiling.live.tasks import STANDING, capture, standing, text


async def innermost(go: asyncio.Event) -> None:
    await go.wait()


async def outer(go: asyncio.Event) -> None:
    await innermost(go)


async def seen_by(loops: bool) -> list[Any]:
    go = asyncio.Event()
    task = asyncio.create_task(outer(go), name="import of orders")
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    found = await asyncio.to_thread(standing, (loop,) if loops else ())
    go.set()
    await task
    return found


def test_a_task_shows_the_whole_chain_that_it_awaits() -> None:
    found = asyncio.run(seen_by(loops=True))
    task = next(one for one in found if one.name.startswith("import of orders"))
    names = [frame[0].rpartition(".")[2] for frame in task.frames]
    assert task.kind == "task"
    assert names[:3] == ["outer", "innermost", "wait"]
    assert task.frames[1][3] == innermost.__code__.co_firstlineno + 1


def test_loops_are_found_by_the_threads_that_run_them() -> None:
    assert any(one.name.startswith("import of orders") for one in asyncio.run(seen_by(loops=False)))


@pytest.mark.parametrize("name", ["run", "asyncio_run"])
def test_loops_written_in_c_are_known_to_who_started_them(name: str) -> None:
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        held = {"self": runner} if name == "run" else {"loop": loop}
        starter: Any = SimpleNamespace(f_code=SimpleNamespace(co_name=name), f_locals=held, f_back=None)
        inside: Any = SimpleNamespace(f_code=SimpleNamespace(co_name="handler"), f_locals={"loop": 3}, f_back=starter)
        assert module._loop(inside) is loop
    starter.f_locals = {"self": threading.Thread(), "loop": "none"}
    assert module._loop(inside) is None


def waiting(go: threading.Event) -> None:
    go.wait()


def test_a_thread_shows_where_it_waits() -> None:
    go = threading.Event()
    thread = threading.Thread(target=waiting, args=(go,), name="cleaner")
    thread.start()
    try:
        found = standing()
    finally:
        go.set()
        thread.join()
    one = next(one for one in found if one.name == "cleaner")
    assert any(frame[0].endswith(".waiting") for frame in one.frames)
    told = text(found)
    assert "thread cleaner:" in told
    taken = capture(found)
    assert taken.value_types == (STANDING,)
    assert taken.total(0) == len(found)
    assert (("thread", "cleaner"),) in taken.labels
