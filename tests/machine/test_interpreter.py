"""Describing this interpreter and another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from perftool.errors import UnavailableError, UsageError
from perftool.machine import interpreter


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_this_one_and_the_same_one_from_outside_agree() -> None:
    other = interpreter.describe_python(sys.executable, ["msgspec", "perftool", "absent"])
    here = interpreter.read()
    assert other.python.version == here.version
    assert other.python.build_flags == here.build_flags
    assert set(other.packages) == {"msgspec", "perftool"}
    assert interpreter.read(light=True).build_flags == ()


def test_a_module_in_the_current_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('wrong json')")
    monkeypatch.chdir(tmp_path)
    assert interpreter.describe_python(sys.executable).python.version


def test_chatter_before_the_facts_is_skipped(tmp_path: Path) -> None:
    noisy = script(tmp_path / "noisy", f'#!/bin/sh\necho "perftool is here"\nexec {sys.executable} "$@"\n')
    assert interpreter.describe_python(noisy).python.implementation == sys.implementation.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#!/bin/sh\necho 'no snake' >&2\nexit 3\n", "no snake"),
        ("#!/bin/sh\nexit 3\n", "exit code 3"),
    ],
)
def test_something_else_than_python(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        interpreter.describe_python(script(tmp_path / "tool", text))


@pytest.mark.parametrize("path", ["/nowhere/python", os.curdir, "with\0nul"])
def test_what_cannot_be_started(path: str) -> None:
    with pytest.raises(UsageError, match="cannot start the interpreter") as caught:
        interpreter.describe_python(path)
    assert caught.value.hint


def test_one_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("python", 60)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(UnavailableError, match="no answer"):
        interpreter.describe_python(Path(sys.executable))
