"""What a target finds: a plan in a folder of its own, and the way to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from perftool.errors import OutputError
from perftool.profiling import launching
from perftool.profiling.api import Engine, Options

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.api import Measured


def engine(name: str, measured: Measured = "cpu", **more: Any) -> Engine:
    return Engine(name=name, summary="", measures=frozenset({measured}), **more)


def test_the_plan_names_the_modules_with_their_settings_memory_first(tmp_path: Path) -> None:
    engines = [
        engine("one", runtime="sampler", settings=lambda options: {"rate": options.rate}),
        engine("outside"),
        engine("two", "memory", runtime="memray"),
    ]
    options = Options(rate=50, pure=("sqlglot",), labels={"side": "now"})
    assert launching.plan(engines, options, tmp_path) == {
        "version": 1,
        "folder": str(tmp_path),
        "modules": [{"name": "memray", "settings": {}}, {"name": "sampler", "settings": {"rate": 50}}],
        "pure": ["sqlglot"],
        "labels": {"side": "now"},
        "children": True,
    }


@pytest.mark.parametrize(("before", "after"), [({}, ""), ({"PYTHONPATH": ""}, ""), ({"PYTHONPATH": "a:b"}, ":a:b")])
def test_two_variables_lead_to_it(before: dict[str, str], after: str, tmp_path: Path) -> None:
    plan = {"folder": str(tmp_path), "modules": []}
    made = launching.environment({"HOME": "h", **before}, plan)
    assert made == {
        "HOME": "h",
        "PYTHONPATH": f"{launching.SITE}{after}",
        "_PERFTOOL_PLAN": str(tmp_path / "plan.json"),
    }
    assert json.loads((tmp_path / "plan.json").read_text()) == plan
    assert (launching.SITE / "sitecustomize.py").is_file()


def test_the_folder_is_this_users_alone_and_goes_whatever_happens() -> None:
    seen = []

    def interrupted() -> None:
        with launching.spool() as folder:
            seen.append((folder, folder.stat().st_mode & 0o777))
            (folder / "left").mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    [(folder, mode)] = seen
    assert mode == 0o700
    assert not folder.exists()


def test_without_room_for_it_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OutputError, match="no folder for temporary files: no such file"), launching.spool():
        pass
    with pytest.raises(OutputError, match=r"cannot write .*: no such file"):
        launching.environment({}, {"folder": str(tmp_path / "nowhere")})


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_processes_that_outlive_the_target_are_waited_for_and_counted(tmp_path: Path) -> None:
    variables = launching.environment(os.environ, {"folder": str(tmp_path)})
    command = [sys.executable, "-S", "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
    with subprocess.Popen(command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        waited: list[float] = []
        assert launching.outliving(tmp_path, waited.append) == 1
        assert sum(waited) == pytest.approx(launching.GRACE_S)

        def end(_seconds: float) -> None:
            process.communicate()

        assert launching.outliving(tmp_path, end) == 0
    assert launching.outliving(tmp_path, waited.append) == 0


def test_a_folder_without_room_is_told(tmp_path: Path) -> None:
    assert not launching.is_full(tmp_path)
    assert not list(tmp_path.iterdir())
    assert launching.is_full(tmp_path / "nowhere")
