"""The sampler in programs of their own: what it sees of them, and that they do not see it."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError
from perftool.profiling import launching
from perftool.profiling.api import Options
from perftool.profiling.engines.sampler import ENGINE
from tests.profiling.profiled import profiled

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.api import Collected
    from perftool.profiling.capture import Capture

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="there are no signals for CPU time here")

BURN = """
import os, signal, sys, threading, time

def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        for _ in range(2000):
            pass
"""


def run(code: str, folder: Path, options: Options | None = None, *, status: int = 0) -> Collected:
    return profiled("sampler", BURN + code, folder, options, status=status)


def own(capture: Capture, name: str) -> float:
    """Return the share of the CPU time that has the function at its leaf."""
    at = capture.index("cpu")
    assert at is not None
    stacks = [[capture.function_of(frame).name for frame in stack] for stack in capture.stacks]
    mine = sum(s.values[at] for s in capture.samples if stacks[s.stack] and stacks[s.stack][-1] == name)
    return mine / max(1, capture.total(at))


def total(capture: Capture, name: str) -> float:
    """Return the share of the CPU time below the function."""
    names = [{capture.function_of(frame).name for frame in stack} for stack in capture.stacks]
    return sum(s.values[1] for s in capture.samples if name in names[s.stack]) / max(1, capture.total())


def values(capture: Capture, label: str) -> set[str]:
    """Return every value of a label."""
    return {dict(capture.labels[sample.labels]).get(label, "") for sample in capture.samples}


def codes(collected: Collected) -> set[str]:
    return {code for code, _ in collected.capture.doubts}


def test_cpu_time_stands_where_it_was_used_however_long_a_call_of_c_took(tmp_path: Path) -> None:
    found = run(
        """
def python():
    burn(0.3)

def c():
    global numbers
    sorted(numbers)

import random
numbers = [random.random() for _ in range(200_000)]
used = 0.0
while used < 0.3:
    began = time.thread_time()
    c()
    used += time.thread_time() - began
python()
""",
        tmp_path,
    ).capture
    assert total(found, "__main__.c") == pytest.approx(total(found, "__main__.python"), rel=0.5)
    assert total(found, "__main__.c") > 0.2
    assert found.total() == pytest.approx(int(found.facts["process.cpu_ns"]), rel=0.2)
    assert (found.engine, found.default, found.value_types[1].kind) == ("sampler", 1, "cpu")
    assert all(function.code for function in found.functions if function.kind == "python")


def test_threads_behind_a_main_thread_that_waits_are_seen_by_their_names(tmp_path: Path) -> None:
    found = run(
        """
def other():
    burn(0.3)

threads = [threading.Thread(target=burn, args=(0.3,), name="bee"), threading.Thread(target=other, name="wasp")]
[one.start() for one in threads]
[one.join() for one in threads]
""",
        tmp_path,
    ).capture
    assert total(found, "__main__.burn") > 0.7
    assert total(found, "__main__.other") == pytest.approx(0.5, abs=0.2)
    assert {"bee", "wasp"} <= values(found, "thread")


def test_threads_are_seen_while_the_main_thread_is_in_c(tmp_path: Path) -> None:
    found = run(
        """
import hashlib

def worker():
    burn(0.6)

thread = threading.Thread(target=worker)
thread.start()
data = bytes(1 << 20) * 64
while thread.is_alive():
    hashlib.sha256(data).digest()
""",
        tmp_path,
    ).capture
    mine = [
        sample.values[0]
        for sample in found.samples
        if any(found.function_of(frame).name == "__main__.worker" for frame in found.stacks[sample.stack])
    ]
    assert sum(mine) > 10


def test_many_short_threads_stand_for_those_that_were_not_met(tmp_path: Path) -> None:
    found = run(
        """
def short():
    # Longer than the interpreter keeps the main thread waiting for its turn, shorter than the time between samples.
    burn(0.008)

for _ in range(80):
    thread = threading.Thread(target=short)
    thread.start()
    thread.join()
""",
        tmp_path,
    )
    assert total(found.capture, "__main__.short") > 0.5


CHILDREN = """
import multiprocessing, subprocess

def child():
    burn(0.15)

if __name__ == "__main__":
    for kind in ("fork", "spawn"):
        one = multiprocessing.get_context(kind).Process(target=child)
        one.start()
        one.join()
    subprocess.run([sys.executable, "-c", "sum(range(4_000_000))"], check=True)
    if os.fork() == 0:
        child()
        os._exit(0)
    os.wait()
    burn(0.1)
"""


def test_children_are_followed_however_they_were_started(tmp_path: Path) -> None:
    found = run(CHILDREN, tmp_path)
    worked = [one for one in found.processes if one.samples]
    assert {"program.py", "multiprocessing child", "-c …"} <= {one.command for one in worked}
    assert len(worked) >= 5
    assert [one.parent for one in found.processes if one.command == "program.py"].count(0) == 1
    assert {str(one.pid) for one in worked} == values(found.capture, "pid")
    assert total(found.capture, "__main__.child") > 0.2
    assert total(found.capture, "__mp_main__.child") > 0.1


def test_children_are_left_alone_when_nobody_asked_for_them(tmp_path: Path) -> None:
    found = run(CHILDREN, tmp_path, Options(children=False))
    assert len(found.processes) == 1
    assert values(found.capture, "pid") == {""}
    assert not total(found.capture, "__main__.child")


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os.abort()", "os.kill(os.getpid(), 15)"])
def test_what_a_killed_process_had_seen_is_there(end: str, tmp_path: Path) -> None:
    status = {"SIGKILL": -9, "abort": -6}.get(end.partition("(")[0].removeprefix("os."), -15)
    status = -9 if "SIGKILL" in end else status
    found = run(f"burn(0.5)\n{end}\n", tmp_path, status=status)
    assert total(found.capture, "__main__.burn") > 0.5
    assert "cut-short" in codes(found)


def test_an_end_that_python_knows_of_is_none_that_was_cut_short(tmp_path: Path) -> None:
    for number, (end, status) in enumerate((("os._exit(3)", 3), ("sys.exit(4)", 4), ("1 / 0", 1))):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert codes(run(f"burn(0.05)\n{end}\n", folder, status=status)) == set()


def test_a_process_that_becomes_another_program_is_followed(tmp_path: Path) -> None:
    found = run(
        """
if "again" in sys.argv:
    burn(0.2)
else:
    burn(0.2)
    try:
        os.execvp("there-is-no-such-program", ["there-is-no-such-program"])
    except OSError:
        burn(0.2)
    os.execv(sys.executable, [sys.executable, "program.py", "again"])
""",
        tmp_path,
    )
    assert len(found.processes) == 1
    assert found.capture.total() > 0.5e9
    assert codes(found) == set()


def test_a_program_that_wants_the_signal_gets_it(tmp_path: Path) -> None:
    found = run(
        """
burn(0.2)
seen = []
assert signal.signal(signal.SIGPROF, lambda number, frame: seen.append(number)) is signal.SIG_DFL
signal.setitimer(signal.ITIMER_PROF, 0.01, 0.01)
burn(0.1)
signal.setitimer(signal.ITIMER_PROF, 0)
assert seen and set(seen) == {signal.SIGPROF}
""",
        tmp_path,
    )
    assert "signal-taken" in codes(found)
    assert total(found.capture, "__main__.burn") > 0.5


def test_a_signal_that_an_event_loop_waits_for_is_not_crowded_out(tmp_path: Path) -> None:
    # Without care, each of our signals leaves a byte in the loop's socket; a few hundred fill it.
    found = run(
        """
import asyncio

async def main():
    got = []
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, got.append, 1)
    burn(1.8)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert got == [1]

asyncio.run(main())
""",
        tmp_path,
        Options(rate=250.0),
    )
    assert total(found.capture, "__main__.burn") > 0.9


def test_an_exception_from_the_programs_own_signal_handler_reaches_the_program(tmp_path: Path) -> None:
    run(
        """
class Stop(Exception):
    pass

def stop(number, frame):
    raise Stop

signal.signal(signal.SIGALRM, stop)
for _ in range(40):
    signal.setitimer(signal.ITIMER_REAL, 0.005)
    try:
        while True:
            pass
    except Stop:
        continue
""",
        tmp_path,
        Options(rate=250.0),
    )


def test_a_program_that_changes_folder_and_closes_files_loses_nothing(tmp_path: Path) -> None:
    found = run("burn(0.2)\nos.chdir('/')\nos.closerange(3, 256)\nburn(0.3)\nos.closerange(0, 3)\n", tmp_path)
    assert found.capture.total() > 0.4e9
    assert codes(found) == set()


def test_a_fork_from_a_program_with_threads_is_followed(tmp_path: Path) -> None:
    found = run(
        """
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
burn(0.2)
if os.fork() == 0:
    burn(0.2)
    os._exit(0)
os.wait()
stop.set()
""",
        tmp_path,
    )
    assert len(found.processes) == 2
    assert all(one.samples for one in found.processes)


def test_collections_stand_below_who_allocated(tmp_path: Path) -> None:
    found = run(
        """
def allocate():
    kept = []
    while time.thread_time() < 0.7:
        kept.extend([] for _ in range(5000))

allocate()
""",
        tmp_path,
    ).capture
    collected = own(found, "garbage collection")
    assert 0 < collected < 0.9
    assert collected == pytest.approx(int(found.facts["gc.cpu_ns"]) / found.total(), abs=0.1)
    assert int(found.facts["gc.count"]) > 0
    for sample in found.samples:
        names = [found.function_of(frame).name for frame in found.stacks[sample.stack]]
        if names[-1:] == ["garbage collection"] and "__main__.allocate" in names:
            return
    pytest.fail("no collection below the function that allocates")


def test_tests_and_what_the_program_says_are_labels(tmp_path: Path) -> None:
    found = run(
        """
sys.path.insert(0, sys.argv[1] if len(sys.argv) > 1 else "")
os.environ["PYTEST_CURRENT_TEST"] = "tests/test_x.py::test_one (call)"
burn(0.1)
os.environ["PYTEST_CURRENT_TEST"] = "tests/test_x.py::test_two (setup)"
burn(0.1)
del os.environ["PYTEST_CURRENT_TEST"]
from _perftool_profiler.labels import label
with label(endpoint="/hot", size=3):
    burn(0.1)
""",
        tmp_path,
        Options(labels={"side": "now"}),
    ).capture
    assert {"tests/test_x.py::test_one", "tests/test_x.py::test_two"} <= values(found, "test")
    assert "/hot" in values(found, "endpoint")
    assert values(found, "side") == {"now"}
    assert values(found, "thread") == {""}


def test_the_program_finds_the_world_as_it_would_without(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.was_here = __file__\n")
    told = "import sys, builtins\nprint(sys.path, getattr(builtins, 'was_here', ''), sorted(sys.modules))\n"
    (tmp_path / "told.py").write_text(told + "import json, threading\n")
    spool = tmp_path / "spool"
    spool.mkdir()
    for surroundings in ({}, {"PYTHONPATH": str(tmp_path)}):
        base = {**os.environ, **surroundings}
        plain, under = (
            subprocess.run(
                [sys.executable, "told.py"], cwd=tmp_path, env=env, text=True, check=True, stdout=subprocess.PIPE
            ).stdout
            for env in (base, launching.environment(base, launching.plan([ENGINE], Options(), spool)))
        )
        ours = {name for name in under.split("'") if name.startswith("_perftool_profiler")}
        assert ours
        without = [name for name in under.split("'") if name not in ours]
        # Beside the profiler itself, nothing is loaded but parts of the interpreter that need no file.
        extra = {name for name in without if name.isidentifier()} - set(plain.split("'"))
        assert extra <= {
            "__future__",
            "_blake2",
            "_contextvars",
            "_json",
            "atexit",
            "gc",
            "_frozen_importlib",
            "sitecustomize",
        }
        assert under.partition("]")[0] == plain.partition("]")[0]
        assert ("sitecustomize.py" in under) == bool(surroundings)


@pytest.mark.parametrize("option", ["-I", "-E", "-S"])
def test_an_interpreter_that_lets_nobody_in_is_said_to(option: str, tmp_path: Path) -> None:
    plan = launching.plan([ENGINE], Options(), tmp_path)
    subprocess.run([sys.executable, option, "-c", ""], env=launching.environment(os.environ, plan), check=True)
    assert ENGINE.collect is not None
    with pytest.raises(InputError, match="never loaded the profiler"):
        ENGINE.collect(tmp_path, Options())


def test_the_source_of_a_compiled_package_is_loaded_on_request(tmp_path: Path) -> None:
    core = importlib.util.find_spec("sqlglot.tokenizer_core")
    if core is None or not (core.origin or "").endswith(".so"):
        pytest.skip("no compiled sqlglot is installed")
    code = "import sqlglot.tokenizer_core as one\nassert one.__file__.endswith('.py') == ('pure' in sys.argv)\n"
    run(code.replace("('pure' in sys.argv)", "True"), tmp_path, Options(pure=("sqlglot",)))
    other = tmp_path / "other"
    other.mkdir()
    run(code.replace("('pure' in sys.argv)", "False"), other)


def test_a_capture_ends_before_its_target_when_it_is_to(tmp_path: Path) -> None:
    found = run("began = time.time()\nwhile time.time() < began + 1.2: burn(0.01)\n", tmp_path, Options(duration_s=0.4))
    assert found.capture.duration_ns < 1.1e9
    assert codes(found) == set()


def test_a_spool_that_goes_away_does_not_disturb_the_program(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        run(f"import shutil\nshutil.rmtree({str(tmp_path / 'spool')!r})\nburn(0.3)\n", tmp_path)
