"""Dependencies differ when a file that declares them does, and not when a linter's settings do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.revisions.dependencies import differing, digest, project_name
from tests.revisions.repositories import write

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """
[project]
name = "it"
version = "{version}"
dependencies = ["a{bound}"]
[tool.ruff]
line-length = {length}
"""


def project(folder: Path, *, version: str = "1", bound: str = ">=1", length: int = 100, **files: str) -> Path:
    write(folder, {"pyproject.toml": PYPROJECT.format(version=version, bound=bound, length=length), "a.py": ""})
    write(folder, {name.replace("__", "/").replace("_", "."): text for name, text in files.items()})
    return folder


def test_only_what_declares_dependencies_counts(tmp_path: Path) -> None:
    one = project(tmp_path / "1")
    same = project(tmp_path / "2", version="2", length=80)
    assert digest(one, one) == digest(same, same)
    assert differing((one, one), (same, same)) == ""


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"bound": ">=2"}, "pyproject.toml"),
        ({"uv_lock": "x"}, "uv.lock"),
        ({"requirements_txt": "x"}, "requirements.txt"),
        ({"requirements__ci_txt": "x"}, "requirements/ci.txt"),
        ({"setup_cfg": "x"}, "setup.cfg"),
    ],
)
def test_what_differs_is_named(tmp_path: Path, files: dict[str, str], name: str) -> None:
    one, two = project(tmp_path / "1"), project(tmp_path / "2", **files)  # type: ignore[arg-type]
    assert digest(one, one) != digest(two, two)
    assert differing((one, one), (two, two)) == name


def test_a_lock_file_above_the_project_counts(tmp_path: Path) -> None:
    trees = [tmp_path / "1", tmp_path / "2"]
    roots = [project(tree / "services/one") for tree in trees]
    write(trees[0], {"uv.lock": "x"})
    assert digest(roots[0], trees[0]) != digest(roots[1], trees[1])


def test_an_unreadable_pyproject_is_compared_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, {"1/pyproject.toml": "[", "2/pyproject.toml": "[["})
    assert digest(tmp_path / "1", tmp_path / "1") != digest(tmp_path / "2", tmp_path / "2")
    assert project_name(tmp_path / "1") == ""


def test_the_project_s_name(tmp_path: Path) -> None:
    assert project_name(project(tmp_path / "1")) == "it"
    write(tmp_path, {"2/pyproject.toml": "[tool.poetry]\nname = 'poem'\n"})
    assert project_name(tmp_path / "2") == "poem"
    assert project_name(tmp_path / "none") == ""
