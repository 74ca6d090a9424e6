"""Each profiler tried on this machine, and what is said where it is not there."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.errors import UnavailableError
from perftool.profiling import joining, trials

if TYPE_CHECKING:
    from pathlib import Path


def test_the_sampler_takes_samples_here() -> None:
    found = trials.sampler()
    assert found.state in ("ok", "limited"), found
    assert "samples a second" in found.detail


def test_threads_have_clocks_or_it_is_said() -> None:
    assert trials.thread_clocks().state in ("ok", "limited")


def test_memray_finds_what_was_allocated() -> None:
    pytest.importorskip("memray", reason="memray is not installed")
    found = trials.memray()
    assert found.state == "ok", found
    assert trials.pyinstrument().state == "ok"


def test_py_spy_sees_a_process_or_says_why_not() -> None:
    found = trials.py_spy()
    assert found.state in ("ok", "failed", "missing")
    assert found.state == "ok" or found.fix


def test_what_is_not_installed_is_missing_and_has_a_line_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    for found in (trials.py_spy(), trials.debugger("gdb"), trials.debugger("lldb"), trials.go_pprof(), trials.perf()):
        assert found.state == "missing", found
        assert found.detail
        assert found.fix or found.name == "perf"


@pytest.mark.parametrize("name", ["gdb", "lldb"])
def test_a_debugger_that_fails_is_told_with_its_reason(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        joining, "attached", lambda *_, **__: joining.Done(1, "You do not have permission to trace the process")
    )
    found = trials.debugger(name)
    assert found.state == "failed"
    assert "is not permitted" in found.detail
    assert ("lldb" if name == "gdb" else "gdb") in found.fix


def test_profilers_that_cannot_be_imported_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise UnavailableError("it is not installed")

    class Broken:
        check = staticmethod(refuse)

    monkeypatch.setattr(trials.discovery, "load", lambda *_, **__: Broken())
    assert trials.memray().state == trials.pyinstrument().state == "missing"


def test_the_last_line_is_what_a_tool_said() -> None:
    assert trials._last("a\nError: no such thing\nb\n") == "no such thing"
    assert trials._last("a\nb\n\n") == "b"
    assert trials._last("") == ""
