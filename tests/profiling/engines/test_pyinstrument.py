"""pyinstrument in real processes: what it saw, of whom, and what it leaves when they end in bad ways."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import perftool.profiling.runtime
from perftool.errors import InputError, UnavailableError
from perftool.profiling.api import Collected, Options
from perftool.profiling.engines.pyinstrument import ENGINE
from perftool.profiling.shares import weights

RUNTIME = Path(perftool.profiling.runtime.__file__).parent
BUSY = """\
import time
class Thing:
    def spin(self, seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            sum(range(1000))
def nap(seconds):
    time.sleep(seconds)
"""


def run(code: str, folder: Path, *, wait: bool = True, options: Options | None = None) -> subprocess.Popen[bytes]:
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    options = options or Options(rate=1000)
    module = {"name": ENGINE.runtime, "settings": ENGINE.settings(options) if ENGINE.settings else {}}
    plan = {"version": 1, "folder": str(spool), "modules": [module], "children": options.children}
    (folder / "plan.json").write_text(json.dumps(plan))
    (folder / "program.py").write_text(BUSY + code)
    environment = {**os.environ, "PYTHONPATH": str(RUNTIME / "site"), "_PERFTOOL_PLAN": str(folder / "plan.json")}
    started = subprocess.Popen([sys.executable, "program.py"], cwd=folder, env=environment, stdout=subprocess.PIPE)
    if wait:
        started.communicate(timeout=60)
    return started


def collected(folder: Path, options: Options | None = None) -> Collected:
    return ENGINE.collect(folder / "spool", options or Options(rate=1000))


def shares(found: Collected) -> dict[str, float]:
    at = found.capture.default
    whole = found.capture.total(at)
    return {spot.name: one.total / whole for spot, one in weights(found.capture, at).items()}


def test_sees_wall_time_by_qualified_name(tmp_path: Path) -> None:
    assert run("Thing().spin(0.15)\nnap(0.15)\n", tmp_path).returncode == 0
    found = collected(tmp_path)
    seen = shares(found)
    assert seen["__main__.Thing.spin"] == pytest.approx(0.5, abs=0.2)
    assert seen["__main__.nap"] == pytest.approx(0.5, abs=0.2)
    spot = next(one for one in found.capture.functions if one.name == "__main__.nap")
    assert (spot.file, spot.start_line) == (str(tmp_path / "program.py"), 7)
    assert [(one.parent, one.command) for one in found.processes] == [(0, "program.py")]
    assert [path.suffix for path in found.originals] == [".pyisession"]
    assert found.capture.value_types[found.capture.default].kind == "wall"
    assert "call-dense" in dict(found.capture.doubts)


def test_time_that_is_awaited(tmp_path: Path) -> None:
    run("import asyncio\nasync def wait():\n    await asyncio.sleep(0.2)\nasyncio.run(wait())\n", tmp_path)
    found = collected(tmp_path)
    awaited = [one for one in found.capture.functions if one.name == "[await]"]
    assert [one.kind for one in awaited] == ["marker"]
    assert shares(found)["__main__.wait"] > 0.4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_has_its_own(tmp_path: Path) -> None:
    code = "import os\nnap(0.05)\nif os.fork() == 0:\n    nap(0.1)\n    os._exit(0)\nos.wait()\n"
    assert run(code, tmp_path).returncode == 0
    found = collected(tmp_path)
    assert len(found.processes) == 2
    parent, child = found.processes
    assert (parent.parent, child.parent) == (0, parent.pid)
    pids = {dict(found.capture.labels[sample.labels]).get("pid") for sample in found.capture.samples}
    assert pids == {str(parent.pid), str(child.pid)}


def test_without_children(tmp_path: Path) -> None:
    options = Options(rate=1000, children=False)
    run("import os\nif os.fork() == 0:\n    nap(0.05)\n    os._exit(0)\nos.wait()\n", tmp_path, options=options)
    assert len(collected(tmp_path, options).processes) == 1


def test_a_crash_keeps_what_was_seen(tmp_path: Path) -> None:
    assert run("nap(0.05)\nraise SystemExit(3)\n", tmp_path).returncode == 3
    assert "__main__.nap" in shares(collected(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_terminated_program_dies_of_its_signal_and_keeps_what_was_seen(tmp_path: Path) -> None:
    started = run("print('on', flush=True)\nnap(30)\n", tmp_path, wait=False)
    assert started.stdout is not None
    assert started.stdout.readline() == b"on\n"
    started.send_signal(signal.SIGTERM)
    started.communicate(timeout=60)
    assert started.returncode == -signal.SIGTERM
    assert collected(tmp_path).processes


@pytest.mark.skipif(sys.platform == "win32", reason="exec")
def test_a_program_that_cannot_become_another_goes_on_being_seen(tmp_path: Path) -> None:
    code = (
        "import os\nnap(0.05)\ntry:\n    os.execvp('no-such-program', ['x'])\nexcept OSError:\n    Thing().spin(0.1)\n"
    )
    assert run(code, tmp_path).returncode == 0
    found = collected(tmp_path)
    assert {"__main__.nap", "__main__.Thing.spin"} <= set(shares(found))
    assert len(found.processes) == 1


def test_only_the_first_seconds(tmp_path: Path) -> None:
    options = Options(rate=1000, duration_s=0.05)
    run("Thing().spin(0.3)\n", tmp_path, options=options)
    capture = collected(tmp_path, options).capture
    assert capture.total(capture.default) < 0.2e9


def test_nothing_was_left(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="left no session"):
        ENGINE.collect(tmp_path, Options())


def test_a_damaged_session(tmp_path: Path) -> None:
    (tmp_path / "pyinstrument-1-a.pyisession").write_bytes(b'{"frame_records": [[')
    with pytest.raises(InputError, match=r"pyinstrument-1-a\.pyisession: no session"):
        ENGINE.collect(tmp_path, Options())


def test_the_interpreter_must_have_it(tmp_path: Path) -> None:
    assert ENGINE.check is not None
    ENGINE.check(sys.executable)
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(0o755)
    with pytest.raises(UnavailableError) as caught:
        ENGINE.check(str(other))
    assert caught.value.hint == f"{other} -m pip install pyinstrument"
    with pytest.raises(UnavailableError, match="cannot be asked"):
        ENGINE.check(str(tmp_path / "none"))
