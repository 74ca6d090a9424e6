"""Source with weights, against go tool pprof -list; files that changed or are gone say so."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perftool.profiling import files
from perftool.profiling.listing import listings
from perftool.profiling.sources import Sources
from tests.profiling import go_pprof
from tests.profiling.stacks import capture

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.profile_view import Listing

SOURCE = """\
import json


def work(rows):
    total = 0
    for row in rows:
        total += weigh(row)
    return total


class Scale:
    @property
    def weigh(self):
        return [one * 2 for one in self.rows]


def weigh(row):
    return work(row) if row else 1
"""
STACKS = """
main:1 work:6 20
main:1 work:7 weigh:18 30
main:1 work:7 weigh:18 work:6 10
main:1 work:7 5
"""
_LINE = re.compile(r" *(?:(\d+)ms|\.) +(?:(\d+)ms|\.) +(\d+):(.*)")
WRITTEN = 10**18


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "app.py"
    path.write_text(SOURCE)
    os.utime(path, ns=(WRITTEN, WRITTEN))
    return path


def listed(one: Path, text: str, wanted: str, **more: object) -> Listing:
    names = {line.split(":")[0] for line in re.findall(r"\w+:\d+", text)}
    made = capture(text, dict.fromkeys(names, str(one)))
    starts = {"work": 4, "weigh": 17, "Scale.weigh": 12}
    made = replace(made, functions=tuple(f._replace(start_line=starts.get(f.name, 1)) for f in made.functions), **more)
    files.write(made, one.parent / "one.pb.gz")
    (found, *_), _ = listings(made, 1, wanted, Sources(), most=3)
    return found


@go_pprof.with_go
def test_as_go_tool_pprof(source: Path, tmp_path: Path) -> None:
    found = listed(source, STACKS, "^work$")
    printed = go_pprof.pprof("-list", "^work$", "-unit=ms", tmp_path / "one.pb.gz", folder=tmp_path)
    theirs = {
        int(row[3]): (int(row[1] or 0), int(row[2] or 0))
        for row in map(_LINE.fullmatch, printed.splitlines())
        if row is not None and (row[1] or row[2])
    }
    ours = {
        one.line: (round((one.own or 0) * 1000), round((one.total or 0) * 1000))
        for one in found.lines
        if one.total is not None
    }
    assert ours == theirs == {6: (30, 30), 7: (5, 45)}


def test_shows_the_whole_function_and_counts_recursion_once(source: Path) -> None:
    found = listed(source, STACKS, "^work$")
    assert [one.line for one in found.lines] == [4, 5, 6, 7, 8]
    assert found.lines[0].text == "def work(rows):"
    assert (found.row.own, found.row.total) == (0.035, 0.065)
    assert found.note == ""


def test_of_a_long_function_what_weighs_something(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text("def work():\n" + "    pass\n" * 200)
    os.utime(path, ns=(WRITTEN, WRITTEN))
    made = capture("work:100 40", {"work": str(path)})
    (found,), _ = listings(made, 1, "work", Sources(), most=1)
    assert [(one.line, one.gap) for one in found.lines][:3] == [(1, 0), (96, 94), (97, 0)]
    assert found.lines[-1].line == 104


def test_says_that_the_file_was_changed(source: Path) -> None:
    later = WRITTEN + 2 * 10**9
    os.utime(source, ns=(later, later))
    assert "changed after the capture" in listed(source, STACKS, "^work$").note


def test_says_that_another_function_stands_there(source: Path) -> None:
    source.write_text("\n\n" + SOURCE)
    os.utime(source, ns=(WRITTEN, WRITTEN))
    assert "does not begin where it did" in listed(source, STACKS, "^work$").note


def test_says_that_the_file_is_gone(source: Path) -> None:
    made = listed(source, STACKS, "^work$")
    source.unlink()
    gone = listed(source, STACKS, "^work$")
    assert gone.note == "its source is not here any more"
    assert [(one.line, one.total) for one in gone.lines] == [
        (one.line, one.total) for one in made.lines if one.total is not None
    ]


def test_compiled_code_has_no_source() -> None:
    made = capture("main 5")
    made = replace(made, functions=(made.functions[0]._replace(kind="native", file=""),))
    (found,), _ = listings(made, 1, "main", Sources(), most=1)
    assert found.note == "compiled: no source"


def test_a_file_that_was_seen_elsewhere_is_found_by_the_end_of_its_path(source: Path) -> None:
    made = capture("work:6 5", {"work": "/build/agent/app.py"})
    made = replace(made, functions=(made.functions[0]._replace(start_line=4),))
    (found,), _ = listings(made, 1, "work", Sources((source.parent,)), most=1)
    assert found.lines[0].text == "def work(rows):"


def test_decorated_functions_and_methods(source: Path) -> None:
    made = capture("Scale.weigh:14 5", {"Scale.weigh": str(source)})
    made = replace(made, functions=(made.functions[0]._replace(start_line=12),))
    (right,), _ = listings(made, 1, "weigh", Sources(), most=1)
    assert [one.line for one in right.lines] == [12, 13, 14]
