"""Inputs that hold nothing usable say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.cli.compare_inputs import read
from perftool.compare.inputs import NamedInput
from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("BenchmarkA 1 NaN ns/op\n", "line 1: parsing measurement: invalid syntax"),
        ("PASS\nBenchmarkA x\n", "line 2: parsing iteration count: invalid syntax"),
        ("BenchmarkA 1 Inf ns/op\n", "infinite value"),
        ("", "no benchmark results in it"),
    ],
)
def test_nothing_usable_says_why(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "results.txt"
    path.write_text(text)
    with pytest.raises(InputError) as stop:
        read(NamedInput("", str(path)), "results.txt")
    assert reason in stop.value.message
    assert "\n" not in stop.value.message


def test_a_folder_of_no_tool_is_refused_as_before(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(UsageError, match="is a directory") as stop:
        read(NamedInput("", str(tmp_path)), "x")
    assert "target/criterion" in str(stop.value.hint)


def test_a_folder_is_read_below_and_named_as_shown(tmp_path: Path) -> None:
    place = tmp_path / "criterion" / "a" / "new"
    place.mkdir(parents=True)
    (place / "sample.json").write_text('{"iters": [1.0], "times": [2.0]}')
    (place / "notes.txt").write_text("no concern of ours")
    found = read(NamedInput("", str(tmp_path / "criterion")), "old/criterion")
    assert (found.name, [one.name for one in found.series]) == ("old/criterion", ["a"])


def test_a_folder_of_too_many_files_is_not_read_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perftool.cli.compare_inputs._MOST_ENTRIES", 2)
    for number in range(3):
        (tmp_path / f"{number}.json").touch()
    with pytest.raises(InputError, match="a folder of more than 2 files"):
        read(NamedInput("", str(tmp_path)), "x")


def test_a_folder_that_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, onerror: Callable[[OSError], None]) -> list[object]:
        onerror(PermissionError(13, "Permission denied"))
        return []

    monkeypatch.setattr("perftool.cli.compare_inputs.os.walk", refuse)
    with pytest.raises(UsageError, match="permission denied"):
        read(NamedInput("", str(tmp_path)), "x")
