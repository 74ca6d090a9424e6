"""Variables of a side: its code first, what leads to the user's tree moved, all else as it was."""

from __future__ import annotations

import os
from pathlib import Path

from perftool.revisions.variables import by_environment, by_path, holds_packages, programs
from tests.revisions.repositories import write

MOVED = (Path("/home-of-it/p"), Path("/cache/a"))


def test_code_by_path() -> None:
    given = {"PYTHONPATH": os.pathsep.join(["/home-of-it/p/lib", "/opt/x", "rel", ""]), "PWD": "/x", "KEPT": "1"}
    made = by_path(given, MOVED[1], MOVED[1] / "sub", MOVED, with_src=True)
    assert made["PYTHONPATH"].split(os.pathsep) == ["/cache/a", "/cache/a/src", "/cache/a/lib", "/opt/x", "rel"]
    assert (made["PWD"], made["KEPT"]) == ("/cache/a/sub", "1")


def test_code_in_an_environment() -> None:
    given = {"PYTHONPATH": "/home-of-it/p/lib", "PYTHONHOME": "/x", "PATH": "/bin", "OLDPWD": "/y"}
    made = by_environment(given, Path("/cache/e"), MOVED[1], MOVED)
    first = str(programs(Path("/cache/e")))
    assert made == {"PATH": os.pathsep.join([first, "/bin"]), "VIRTUAL_ENV": "/cache/e"}
    outside = by_environment({"PYTHONPATH": "/opt/x"}, Path("/cache/e"), MOVED[1], MOVED)
    assert outside["PYTHONPATH"] == "/opt/x"


def test_a_folder_with_packages(tmp_path: Path) -> None:
    write(tmp_path, {"a/p/__init__.py": "", "b/m.py": "", "c/rust.rs": ""})
    assert [holds_packages(tmp_path / name) for name in "abcd"] == [True, True, False, False]
