"""Importing targets, and saying in one line why it failed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from perftool.bench.harness.loading import load, reason

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


def test_a_file_is_executed_once(tmp_path: Path) -> None:
    file = tmp_path / "bench_x.py"
    file.write_text("import neighbour\nseen = neighbour.seen\nseen.append(1)\n")
    (tmp_path / "neighbour.py").write_text("seen = []\n")
    assert load(None, str(file)) is load(None, str(file))
    assert load(None, str(file)).seen == [1]


def test_the_working_folder_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "ownpackage.py").write_text("value = 1\n")
    (tmp_path / "json.py").write_text("raise RuntimeError('the wrong json')\n")
    file = tmp_path / "benchmarks" / "bench_x.py"
    file.write_text("import json, ownpackage\n")
    monkeypatch.chdir(tmp_path)
    assert load(None, str(file)).ownpackage.value == 1


def test_a_failed_import_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "bench_x.py"
    file.write_text("raise ValueError('not yet')\n")
    with pytest.raises(ValueError, match="not yet"):
        load(None, str(file))
    file.write_text("ready = True\n\n\n")
    assert load(None, str(file)).ready


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(:\n", "x.py:1: SyntaxError: "),
        ("\nraise ValueError('a\\n b')\n", "x.py:2: ValueError: a b"),
        ("import json\njson.loads('[')\n", "x.py:2: JSONDecodeError: "),
        ("raise SystemExit(3)\n", "x.py:1: SystemExit: 3"),
        ("assert False\n", "x.py:1: AssertionError"),
    ],
)
def test_reason_names_the_users_line(text: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.py").write_text(text)
    with pytest.raises((Exception, SystemExit)) as caught:
        load(None, str(tmp_path / "x.py"))
    assert reason(caught.value).startswith(expected)
    assert "\n" not in reason(caught.value)
