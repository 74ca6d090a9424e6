"""Files to write are captures or reports by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from perftool.cli.capture_outputs import CaptureFile, check_suffixes, parted
from perftool.errors import OutputError, UsageError


def test_a_suffix_of_captures_wins_and_a_format_may_be_named() -> None:
    outputs = ["a.html", "html=b.html", "pprof=c", "d.md", "e.speedscope.json", "f.json", "odd"]
    captures, reports = parted(outputs)
    assert captures == [
        CaptureFile(Path("a.html"), "html"),
        CaptureFile(Path("c"), "pprof"),
        CaptureFile(Path("e.speedscope.json"), "speedscope"),
    ]
    assert reports == ["html=b.html", "d.md", "f.json", "odd"]


def test_a_folder_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a directory"):
        parted([f"pprof={tmp_path}"])


def test_a_suffix_that_nothing_has_is_told_those_of_captures_too() -> None:
    check_suffixes(["d.md", "html=b", "f.json"], None)
    check_suffixes(["odd"], ["markdown"])
    with pytest.raises(UsageError, match="odd: no format has this file suffix") as caught:
        check_suffixes(["odd"], None)
    hint = caught.value.hint or ""
    assert ".md" in hint
    assert ".pb.gz" in hint.partition("captures end in")[2]
