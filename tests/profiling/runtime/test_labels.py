"""Labels: of tasks where the main thread runs them, of threads elsewhere."""

from __future__ import annotations

import asyncio
import threading

import pytest

from perftool.profiling.runtime import labels
from perftool.profiling.runtime.labels import label


def said(*, here: bool = True) -> dict[str, str]:
    found = dict(labels.of(labels.key(threading.get_ident(), here=here)))
    found.pop("test", None)
    return found


def test_labels_add_up_and_end_with_their_block() -> None:
    with label(endpoint="/a", size=3):
        assert said() == {"endpoint": "/a", "size": "3", "thread": "MainThread"}
        with label(endpoint="/b"):
            assert said() == said(here=False) == {"endpoint": "/b", "size": "3", "thread": "MainThread"}
        assert said()["endpoint"] == "/a"
    assert said() == said(here=False) == {"thread": "MainThread"}


def test_tasks_do_not_see_each_others_labels() -> None:
    seen = []

    async def task(name: str) -> None:
        with label(task=name):
            await asyncio.sleep(0)
            seen.append((name, said()["task"]))
            await asyncio.sleep(0)
        seen.append((name, said().get("task", name)))

    async def main() -> None:
        await asyncio.gather(*(task(str(number)) for number in range(3)))

    asyncio.run(main())
    assert len(seen) == 6
    assert all(name == found for name, found in seen)
    assert said(here=False) == {"thread": "MainThread"}


def test_others_see_the_labels_of_a_thread() -> None:
    inside, seen = threading.Event(), threading.Event()

    def work() -> None:
        with label(job="x"):
            inside.set()
            seen.wait(5)

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    inside.wait(5)
    assert thread.ident is not None
    assert dict(labels.of(labels.key(thread.ident, here=False))).items() >= {"job": "x", "thread": "worker"}.items()
    seen.set()
    thread.join()


def test_a_test_is_known_without_its_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/test_a.py::test_b[x (y)] (setup)")
    assert dict(labels.of(labels.key(0, here=True)))["test"] == "tests/test_a.py::test_b[x (y)]"


def test_an_exception_leaves_no_label_behind() -> None:
    with pytest.raises(KeyError), label(a="1"):
        raise KeyError
    assert said() == {"thread": "MainThread"}
