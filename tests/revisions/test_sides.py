"""Sides with environments, second checkouts and other interpreters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError, UsageError
from perftool.revisions import building
from tests.revisions.repositories import Heard, commit, git, placed, repository, request, run_python, two_sides, write

if TYPE_CHECKING:
    from perftool.revisions.api import Prepared

# What pip does, as far as it matters here, without the seconds that pip takes.
INSTALL = (
    'python -c "import shutil, sysconfig; '
    "shutil.copytree('pkg', sysconfig.get_path('purelib') + '/pkg', dirs_exist_ok=True)\""
)
STATE = "import pkg; print(pkg.state)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = repository(tmp_path / "project", {"pkg/__init__.py": "state = 'first'\n", "benchmarks/bench_it.py": ""})
    commit(root, {"pkg/__init__.py": "state = 'second'\n"})
    return root


@pytest.fixture
def no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "VENV", ("-I", "-m", "venv", "--without-pip"))


def states(sides: tuple[Prepared, Prepared]) -> list[str]:
    return [run_python(side, STATE) for side in sides]


@pytest.mark.usefixtures("no_pip")
def test_environments_are_built_once_and_again_for_other_code(project: Path) -> None:
    heard = Heard()
    asked = request(project, "HEAD~1", setup=INSTALL, targets=(project / "benchmarks/bench_it.py",))
    with two_sides(asked, heard) as sides:
        assert states(sides) == ["first", "second"]
        assert None not in [side.setup_s for side in sides]
        assert sides[0].dependencies == sides[1].dependencies
        assert len(sides[0].python) == len(sides[1].python)
        assert [n for n, v in sides[0].variables.items() if len(v) != len(sides[1].variables[n])] == []
        assert {side.setup for side in sides} == {INSTALL}
    assert heard.notes == [f"building HEAD~1: {INSTALL}", f"building working tree: {INSTALL}"]

    write(project, {"benchmarks/bench_it.py": "# a benchmark is no code that is built\n"})
    with two_sides(asked) as sides:
        assert states(sides) == ["first", "second"]
        assert [side.setup_s for side in sides] == [None, None]

    write(project, {"pkg/__init__.py": "state = 'edited'\n"})
    with two_sides(asked) as sides:
        assert states(sides) == ["first", "edited"]
        assert [side.setup_s is None for side in sides] == [True, False]


@pytest.mark.usefixtures("no_pip")
def test_what_a_build_leaves_in_its_tree_is_built_again(project: Path) -> None:
    asked = request(project, "HEAD~1", setup="touch compiled.so")
    for _ in range(2):
        with two_sides(asked) as sides:
            assert all((side.tree / "compiled.so").exists() for side in sides)
            assert None not in [side.setup_s for side in sides]


@pytest.mark.usefixtures("no_pip")
def test_a_failed_build_leaves_nothing(project: Path) -> None:
    with (
        pytest.raises(InputError, match=r"cannot build the base side, HEAD~1: .* exit code 3: boom"),
        two_sides(request(project, "HEAD~1", setup="echo boom; exit 3")),
    ):
        pass
    assert (project / ".perftool/vs/logs/base.log").read_text() == "boom\n"
    assert not list((project / ".perftool/vs/environments").glob("*/0"))
    assert not (project / ".git/worktrees").exists()


def test_a_second_checkout_is_read_and_never_written(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, {"pyproject.toml": "", "pkg/__init__.py": "state = 'theirs'\n", "benchmarks/bench_it.py": "theirs"})
    target = project / "benchmarks/bench_it.py"
    target.write_text("mine")
    with two_sides(request(project, "../other", targets=(target,))) as sides:
        assert states(sides) == ["theirs", "second"]
        assert [placed(side, target).read_text() for side in sides] == ["mine", "mine"]
        assert [side.label for side in sides] == ["../other", "working tree"]
        assert sides[0].overlaid == ("benchmarks/bench_it.py",)
        assert len(str(sides[0].folder)) == len(str(sides[1].folder))
    assert (other / "benchmarks/bench_it.py").read_text() == "theirs"
    assert not list((project / ".perftool/vs/worktrees").glob("*/*"))


def test_a_second_checkout_needs_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, {"setup.cfg": "", "pkg/__init__.py": f"state = {name!r}\n"})
    monkeypatch.setenv("PATH", "/nowhere")
    with two_sides(request(tmp_path / "two", str(tmp_path / "one"))) as sides:
        assert states(sides) == ["one", "two"]
        assert sides[0].label == "one", "a report names no absolute path"


def test_another_interpreter_runs_the_same_folder(project: Path, tmp_path: Path) -> None:
    python = tmp_path / "bin/python-other"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    with two_sides(request(project, None, vs_python=str(python))) as (base, now):
        assert base.python == str(python)
        assert (base.folder, now.folder) == (project, project)
        assert base.label == "python-other " + ".".join(map(str, sys.version_info[:3]))
        assert now.label.startswith(Path(sys.executable).name)
    assert not list((project / ".perftool/vs").glob("worktrees/*/*"))


@pytest.mark.usefixtures("no_pip")
def test_another_interpreter_with_an_environment_each(project: Path) -> None:
    with two_sides(request(project, None, vs_python=sys.executable, setup=INSTALL)) as sides:
        assert states(sides) == ["second", "second"]
        assert sides[0].python != sides[1].python


def test_two_differences_at_once_are_refused(project: Path) -> None:
    for vs, python in (("HEAD", sys.executable), (None, None)):
        with pytest.raises(UsageError, match="either"), two_sides(request(project, vs, vs_python=python)):
            pass


def test_dependencies_that_differ_are_doubted_without_a_setup(project: Path) -> None:
    commit(project, {"pyproject.toml": "[project]\nname = 'pkg'\ndependencies = ['x']\n"})
    with two_sides(request(project, "HEAD~1")) as (base, now):
        assert [w.code for w in base.warnings + now.warnings] == ["dependencies-differ"]
        assert base.warnings[0].message.startswith("pyproject.toml differs between the sides")


def test_an_interpreter_that_is_none(project: Path) -> None:
    for python in ("no-such-python", "./no/python"):
        with pytest.raises(UsageError, match="interpreter"), two_sides(request(project, python=python)):
            pass


def test_a_project_below_the_top_of_its_repository(tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"one/pkg/__init__.py": "state = 1\n", "one/app/x": "", "other/y": ""})
    root = top / "one"
    write(root, {"pkg/__init__.py": "state = 2\n", "new/x": ""})
    with two_sides(request(root, folder=root / "new")) as sides:
        assert states(sides) == ["1", "2"]
        assert [side.folder.relative_to(side.tree) for side in sides] == [Path("one/new")] * 2
    commit(top, {"late/a.py": ""})
    with pytest.raises(UsageError, match="has no folder late"), two_sides(request(top / "late", "HEAD~1")):
        pass
    assert git(top, "worktree", "list").count("\n") == 0


def test_detached_and_linked_checkouts(project: Path, tmp_path: Path) -> None:
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "HEAD")
    before = git(project, "worktree", "list")
    with two_sides(request(tmp_path / "linked", "HEAD~1")) as sides:
        assert states(sides) == ["first", "second"]
        assert sides[1].source is not None
        assert sides[1].source.branch is None
    assert git(project, "worktree", "list") == before


def test_the_users_other_worktrees_stay_known_though_their_folder_is_away(project: Path, tmp_path: Path) -> None:
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "stick"), "HEAD")
    (tmp_path / "stick").rename(tmp_path / "unplugged")
    with two_sides(request(project)):
        pass
    assert "stick" in git(project, "worktree", "list")


def test_submodules_and_pointers_are_told_of(project: Path, tmp_path: Path) -> None:
    module = repository(tmp_path / "module", {"x": ""})
    git(project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(module), "vendored")
    files = {".gitattributes": "*.bin filter=lfs\n", "big.bin": "version https://git-lfs.github.com/spec/v1\n"}
    commit(project, files)
    with two_sides(request(project)) as (base, _now):
        assert {w.code: w.subject for w in base.warnings} == {"submodules-empty": "vendored", "lfs-pointers": "big.bin"}


def test_an_unborn_branch(project: Path) -> None:
    git(project, "checkout", "-q", "--orphan", "empty")
    with pytest.raises(UsageError, match="no commit yet"), two_sides(request(project, "main")):
        pass
