"""Files to write are captures or reports by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from perftool.cli.capture_outputs import CaptureFile, parted
from perftool.errors import OutputError


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
