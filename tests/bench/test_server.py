"""Real measuring processes: every way in which measured code can go wrong, and none that hangs perftool."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench import requests, server
from perftool.bench.api import Case
from perftool.bench.server import ForkServer, ServerDiedError, SpawningServer, factory, list_functions
from perftool.bench.settings import RunSettings
from perftool.errors import UnavailableError, UsageError
from tests.bench.loaded import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TARGETS = """
import os, signal, sys, time

def bench_fine(): pass
def bench_prints():
    print("x" * 1000); sys.stderr.write("y" * 1000); os.write(1, b"z"); os.write(2, b"z")
def bench_reads():
    assert sys.stdin.read() == ""
def bench_raises(): raise ValueError("two\\nlines")
def bench_exits(): sys.exit(3)
def bench_leaves(): os._exit(4)
def bench_dies(): os.kill(os.getpid(), signal.SIGSEGV)
def bench_forks(): os.fork()
def bench_hangs(): time.sleep(60)
def bench_kills(): os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)
def bench_bytes(): return bytes(1000), bytes(2000), bytes(30000)
def bench_calls():
    def inner(): return bytes(5000)
    return inner(), inner()
async def bench_waits(): pass
def bench_big(): return len(bytearray(60_000_000))
def bench_child():
    if os.fork() == 0:
        os._exit(0)
    os.wait()
def bench_hash(): raise ValueError(hash("text"))
def setup_closes(): return {"file": open(__file__)}
def bench_closes(file): raise ValueError("early")
def teardown_closes(file): file.close()
"""
SETTINGS = RunSettings(min_time_s=1e-4)
CASES = (("fails", True), ("works", False))
forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("targets") / "bench_targets.py"
    path.write_text(TARGETS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def process(file: Path) -> Iterator[ForkServer]:
    with loaded(file) as started:
        yield started


def case(file: Path, name: str) -> Case:
    return Case(suite="targets", case=name, factory=f"bench_{name}", file=str(file), direct=True)


def sample(process: Any, file: Path, name: str, timeout_s: float = 20.0) -> dict[str, Any]:
    reply: dict[str, Any] = process.ask(requests.timed(case(file, name), 3, SETTINGS), timeout_s)
    return reply


@forking
@pytest.mark.parametrize("name", ["fine", "prints", "reads", "waits", "child"])
def test_samples(process: ForkServer, file: Path, name: str) -> None:
    reply = sample(process, file, name)
    assert reply.keys() == {"wall", "cpu", "peak"}, reply
    assert reply["wall"] >= 0
    assert reply["peak"] > 1_000_000


@forking
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("raises", "bench_targets.py:9: ValueError: two lines"),
        ("exits", "bench_targets.py:10: SystemExit: 3"),
        ("leaves", "the measuring process ended itself with exit code 4"),
        ("dies", "the measuring process was killed by SIGSEGV"),
        ("closes", "bench_targets.py:28: ValueError: early"),
        ("absent", "LookupError: no function named 'bench_absent'"),
    ],
)
def test_failures_are_reasons_and_the_server_lives_on(process: ForkServer, file: Path, name: str, reason: str) -> None:
    assert sample(process, file, name)["error"] == reason
    assert "error" not in sample(process, file, "fine")


@forking
def test_a_hanging_operation_is_given_up(process: ForkServer, file: Path) -> None:
    assert sample(process, file, "hangs", 0.2)["error"].startswith("took longer than 0.2 s for one sample")
    assert "error" not in sample(process, file, "fine")


@forking
def test_an_operation_that_kills_the_server_is_reported(file: Path) -> None:
    started = ForkServer(sys.executable, 1, dict(os.environ))
    with pytest.raises(ServerDiedError, match="killed by SIGKILL"):
        sample(started, file, "kills")
    started.close()


def test_a_silent_server_is_killed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "GRACE_S", 0.1)
    started = ForkServer(sys.executable, 1, dict(os.environ))
    with pytest.raises(ServerDiedError, match=r"took longer than 0\.2 s"):
        started.ask({**requests.timed(case(file, "hangs"), 1, SETTINGS), "fork": False}, 0.2)
    started.close()


@forking
def test_peak_memory_is_that_of_the_sample(process: ForkServer, file: Path) -> None:
    small, big = (sample(process, file, name)["peak"] for name in ("fine", "big"))
    assert 55_000_000 < big - small < 70_000_000
    assert sample(process, file, "fine")["peak"] < small + 5_000_000


@forking
def test_calibration_fills_the_wanted_time(process: ForkServer, file: Path) -> None:
    reply = process.ask(requests.calibrate(case(file, "fine"), SETTINGS), 20)
    assert reply["loops"] > 10
    assert 0 < reply["op_s"] < 1e-3


@forking
def test_hash_seed_is_the_blocks(file: Path) -> None:
    def seen(seed: int) -> str:
        started = ForkServer(sys.executable, seed, dict(os.environ))
        reason: str = sample(started, file, "hash")["error"]
        started.close()
        return reason

    assert seen(5) == seen(5) != seen(6)


@forking
@pytest.mark.parametrize(("name", "allocations"), [("fine", 0), ("bytes", 3)])
def test_allocations_are_exact(process: ForkServer, file: Path, name: str, allocations: float) -> None:
    pytest.importorskip("memray", reason="memray does not exist for this system")
    first, second = (process.ask(requests.memory(case(file, name), slow=False), 60) for _ in range(2))
    assert first == second
    assert first["allocations"] == allocations
    # An object of bytes has a header of 32 bytes and ends with a NUL.
    assert first["bytes"] == (33_000 + 3 * 33 if allocations else 0)


@forking
def test_records_of_allocations_go_with_the_server_whatever_ends_the_child(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    started = ForkServer(sys.executable, 1, dict(os.environ))
    reply = started.ask(requests.memory(case(file, "hangs"), slow=True), 0.2)
    assert "took longer" in reply["error"]
    assert list(tmp_path.glob("perftool-*"))
    started.close()
    assert not list(tmp_path.iterdir())


@forking
def test_calls_of_python_functions_allocate_nothing_by_themselves(process: ForkServer, file: Path) -> None:
    pytest.importorskip("memray", reason="memray does not exist for this system")
    reply = process.ask(requests.memory(case(file, "calls"), slow=True), 60)
    assert reply["allocations"] - 2 <= 1  # two objects of bytes, and the function object where none was free


def test_without_fork_every_sample_has_its_own_process(file: Path) -> None:
    spawning = SpawningServer(sys.executable, 1, dict(os.environ))
    assert sample(spawning, file, "fine").keys() == {"wall", "cpu", "peak"}
    assert "ValueError: two lines" in sample(spawning, file, "raises")["error"]
    with pytest.raises(ServerDiedError, match="exit code 4"):
        sample(spawning, file, "leaves")
    spawning.close()


def test_lists_the_functions_of_a_file(process: ForkServer, file: Path, tmp_path: Path) -> None:
    names = [entry["case"] for entry in list_functions(process, str(file), 20)]
    assert names[:3] == ["fine", "prints", "reads"]
    wrong = tmp_path / "wrong.py"
    wrong.write_text("x = 1 / 0\n")
    with pytest.raises(UsageError, match=r"wrong\.py:1: ZeroDivisionError"):
        list_functions(process, str(wrong), 20)
    wrong.write_text("import a_module_that_is_not_there\n")
    with pytest.raises(UnavailableError, match="a_module_that_is_not_there"):
        list_functions(process, str(wrong), 20)


def test_a_missing_interpreter_is_one_clear_line() -> None:
    with pytest.raises(UsageError, match=r"cannot start the interpreter no-such-python"):
        factory("no-such-python", {}, fork=True)(1)


def test_something_else_than_python_is_one_clear_line() -> None:
    started = ForkServer("false", 1, dict(os.environ))
    with pytest.raises(ServerDiedError, match="exit code 1"):
        started.ask({"do": "load", "module": "json", "file": None}, 5)
    started.close()


def test_perftools_own_modules_are_found_where_perftool_is_not_installed() -> None:
    bare = ForkServer(sys.executable, 1, {**os.environ, "PYTHONNOUSERSITE": "1"})
    assert bare.ask({"do": "load", "module": "perftool.errors", "file": None}, 20) == {}
    bare.close()


@forking
def test_what_factories_import_late_is_imported_once_per_server(tmp_path: Path) -> None:
    path = tmp_path / "late.py"
    path.write_text(
        "import sys\n"
        "def make(fail):\n"
        "    if fail: raise ValueError('always')\n"
        "    first = 'wave' not in sys.modules\n"
        "    import wave\n"
        "    return (lambda: 1 / 0) if first else (lambda: None)\n"
    )
    cases = [Case(suite="s", case=c, factory="make", file=str(path), arguments={"fail": f}) for c, f in CASES]
    started = ForkServer(sys.executable, 1, dict(os.environ))
    assert started.ask(requests.load(cases), 20) == {}
    fails, works = (started.ask(requests.timed(c, 1, SETTINGS), 20) for c in cases)
    started.close()
    assert "ValueError: always" in fails["error"]
    assert "error" not in works


@forking
def test_an_operation_that_forks_and_returns_twice_is_told(process: ForkServer, file: Path) -> None:
    reply = process.ask(requests.calibrate(case(file, "forks"), SETTINGS), 20)
    assert "the forked process returned too" in reply["error"]


def test_the_fixed_kernel_runs_beside_any_target(process: ForkServer) -> None:
    first, second = (process.ask(requests.yardstick(), 20) for _ in range(2))
    assert sorted(first) == sorted(second) == ["cpu", "memory"]
    assert min(*first.values(), *second.values()) > 0
