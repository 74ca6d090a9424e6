from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from perftool.profiling import thread_clocks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the clocks of threads")


def test_threads_of_this_process_are_told_as_they_know_themselves() -> None:
    before = thread_clocks.read(os.getpid(), children=False)
    end = time.thread_time_ns() + 30_000_000
    while time.thread_time_ns() < end:
        sum(range(1000))
    after = thread_clocks.read(os.getpid(), children=False)
    own = (os.getpid(), threading.get_native_id())
    assert after[own] - before[own] >= 25_000_000


def test_children_are_found_through_their_parents(tmp_path: Path) -> None:
    for pid, tid, children, spent in (
        (1, 1, "7", "50 1 1"),
        (1, 2, "", "60 1 1"),
        (7, 7, "", "nonsense"),
        (9, 9, "", "1"),
    ):
        folder = tmp_path / str(pid) / "task" / str(tid)
        folder.mkdir(parents=True)
        (folder / "children").write_text(children)
        (folder / "schedstat").write_text(spent)
    (tmp_path / "7/task/8").mkdir()
    (tmp_path / "7/task/8/schedstat").write_text("70 1 1")
    assert thread_clocks.read(1, proc=tmp_path) == {(1, 1): 50, (1, 2): 60, (7, 8): 70}
    assert thread_clocks.read(1, children=False, proc=tmp_path) == {(1, 1): 50, (1, 2): 60}
    assert thread_clocks.read(5, proc=tmp_path) == {}
