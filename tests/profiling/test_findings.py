"""Each finding: a real program that has what it is about, and one that has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.profiling.api import Options
from perftool.profiling.capture import CPU, GARBAGE_COLLECTION, SAMPLES, Builder, Capture, Function
from perftool.profiling.findings import findings
from tests.profiling.profiled import profiled

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.diagnostic import Diagnostic

SPIN = """\
import time
def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(2000))
"""
#: Keeps a large heap of cycles alive and makes more of them: the collector has much to look at, often.
CYCLES = """\
import gc
gc.set_threshold(500, 2, 2)
class Node:
    def __init__(self):
        self.me = self
kept = [Node() for _ in range(60_000)]
def make(count):
    return [Node() for _ in range(count)]
for _ in range(60):
    make(4_000)
"""
MODULE = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end:\n    sum(range(1000))\n"
WAITS = """\
import threading, time
lock = threading.Lock()
ready = threading.Event()
def hold():
    with lock:
        ready.set()
        time.sleep(0.6)
def wait():
    lock.acquire()
    lock.release()
thread = threading.Thread(target=hold)
thread.start()
ready.wait()
wait()
"""


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [one.code for one in found]


def test_much_time_in_the_collector(tmp_path: Path) -> None:
    capture = profiled("sampler", CYCLES, tmp_path).capture
    (found,) = findings(capture, target="app.py orders.csv")
    assert (found.code, found.name, found.severity) == ("PROF001", "gc-share", "warning")
    assert found.evidence["share"] > 0.3
    assert "__main__." in found.message
    assert "perftool tune gc -- app.py orders.csv" in (found.help or "")


def test_little_time_in_the_collector_and_in_imports(tmp_path: Path) -> None:
    assert findings(profiled("sampler", SPIN + "spin(0.4)\n", tmp_path).capture) == ()


def test_what_the_collector_was_measured_to_take_counts() -> None:
    def capture(facts: dict[str, str]) -> Capture:
        builder = Builder((SAMPLES, CPU))
        work = builder.frame(Function("app.work", "/app.py"), 3)
        builder.add([work], (8, 800_000_000))
        builder.add([work, builder.frame(Function(GARBAGE_COLLECTION, kind="marker"))], (2, 200_000_000))
        made = builder.build()
        return Capture(**{**{f: getattr(made, f) for f in made.__dataclass_fields__}, "facts": facts})

    exact = {"gc.cpu_ns": "60000000", "process.cpu_ns": "1000000000"}
    assert codes(findings(capture({}))) == ["PROF001"]
    assert codes(findings(capture(exact))) == []


def test_importing_takes_most_of_the_time(tmp_path: Path) -> None:
    (tmp_path / "slow_module.py").write_text(MODULE)
    (tmp_path / "between.py").write_text("import slow_module\n")
    capture = profiled("sampler", "import between\n", tmp_path).capture
    (found,) = findings(capture, root=str(tmp_path))
    assert (found.code, found.severity) == ("PROF002", "info")
    assert "between" in found.message
    assert "(imported in program.py:1)" in found.message
    assert found.evidence["share"] > 0.3


def test_a_program_that_works_longer_than_it_imports(tmp_path: Path) -> None:
    (tmp_path / "slow_module.py").write_text(MODULE.replace("0.4", "0.01"))
    assert findings(profiled("sampler", SPIN + "import slow_module\nspin(0.5)\n", tmp_path).capture) == ()


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    capture = profiled("pyinstrument", WAITS, tmp_path, Options(rate=1000)).capture
    (found,) = findings(capture, root=str(tmp_path))
    assert (found.code, found.severity) == ("PROF003", "warning")
    assert found.message.startswith("__main__.wait (program.py:9) waited ")
    assert found.message.endswith(" for a lock")


def test_a_thread_is_waited_for(tmp_path: Path) -> None:
    code = "import threading, time\nthread = threading.Thread(target=time.sleep, args=(0.6,))\nthread.start()\n"
    capture = profiled("pyinstrument", code + "thread.join()\n", tmp_path, Options(rate=1000)).capture
    (found,) = findings(capture)
    assert (found.code, found.severity) == ("PROF003", "info")
    assert found.message.endswith(" for a thread to end")


def test_sleeping_is_no_waiting_for_a_lock(tmp_path: Path) -> None:
    code = "import time\ntime.sleep(0.5)\n"
    assert findings(profiled("pyinstrument", code, tmp_path, Options(rate=1000)).capture) == ()
