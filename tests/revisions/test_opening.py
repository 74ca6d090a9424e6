"""Two sides from beginning to end: what each imports, what is the same for both, and what is left afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError
from tests.revisions.repositories import (
    commit,
    environment,
    git,
    placed,
    repository,
    request,
    run_python,
    two_sides,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "pkg/__init__.py": "state = 'first'\n",
    "benchmarks/bench_it.py": "# first\n",
    "pyproject.toml": "[project]\nname = 'pkg'\nversion = '1'\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = repository(tmp_path / "pro ject-ü", FILES)
    commit(root, {"pkg/__init__.py": "state = 'second'\n"})
    return root


def test_each_side_imports_its_own_code_and_nothing_stays(project: Path) -> None:
    write(project, {"pkg/__init__.py": "state = 'edited'\n"})
    before = git(project, "worktree", "list"), git(project, "status", "--porcelain"), git(project, "stash", "list")
    with two_sides(request(project, "HEAD~1")) as (base, now):
        assert run_python(base, "import pkg; print(pkg.state)") == "first"
        assert run_python(now, "import pkg; print(pkg.state)") == "edited"
        write(project, {"pkg/__init__.py": "state = 'edited again'\n"})
        assert run_python(now, "import pkg; print(pkg.state)") == "edited"
        assert (base.label, now.label) == ("HEAD~1", "working tree")
        assert base.source is not None
        assert now.source is not None
        assert (base.source.dirty, now.source.dirty) == (False, True)
        assert base.source.commit == git(project, "rev-parse", "HEAD~1")
    assert (
        git(project, "worktree", "list"),
        git(project, "status", "--porcelain"),
        git(project, "stash", "list"),
    ) == before
    assert not list((project / ".perftool/vs/worktrees").glob("*/*"))
    assert not (project / ".git/worktrees").exists()


def test_paths_and_variables_of_both_sides_are_equally_long(project: Path) -> None:
    commit(project, {"src/other/__init__.py": ""})
    with two_sides(request(project, "HEAD~1"), variables=environment(PYTHONPATH=str(project / "lib"))) as (base, now):
        assert len(str(base.folder)) == len(str(now.folder))
        assert base.variables.keys() == now.variables.keys()
        assert [n for n, v in base.variables.items() if len(v) != len(now.variables[n])] == []
        assert base.python == now.python


def test_a_clean_tree_is_not_dirty(project: Path) -> None:
    with two_sides(request(project, "HEAD")) as (base, now):
        assert now.source is not None
        assert now.source.dirty is False
        assert base.overlaid == ()


def test_a_new_file_that_was_never_added_is_a_change(project: Path) -> None:
    write(project, {"pkg/new.py": ""})
    with two_sides(request(project, "HEAD")) as (base, now):
        assert now.source is not None
        assert base.source is not None
        assert (base.source.dirty, now.source.dirty) == (False, True)


def test_benchmarks_come_from_the_working_tree_on_both_sides(project: Path) -> None:
    target = project / "benchmarks/bench_it.py"
    target.write_text("# edited\n")
    with two_sides(request(project, "HEAD~1", targets=(target,))) as (base, now):
        for side in (base, now):
            assert placed(side, target).read_text() == "# edited\n"
            assert placed(side, target).is_relative_to(side.tree)
        assert base.overlaid == ("benchmarks/bench_it.py",)


def test_the_users_python_path_leads_to_each_sides_own_copy(project: Path) -> None:
    commit(project, {"lib/inner.py": "state = 1\n"})
    write(project, {"lib/inner.py": "state = 2\n"})
    with two_sides(request(project, "HEAD"), variables=environment(PYTHONPATH=str(project / "lib"))) as (base, now):
        assert run_python(base, "import inner; print(inner.state)") == "1"
        assert run_python(now, "import inner; print(inner.state)") == "2"


def test_code_that_would_come_from_the_working_tree_is_refused(project: Path, tmp_path: Path) -> None:
    """An editable install may find a package that the base does not have yet in the working tree."""
    commit(project, {"added/__init__.py": ""})
    write(tmp_path / "site", {"sitecustomize.py": f"import sys; sys.path.append({str(project)!r})\n"})
    with (
        pytest.raises(InputError, match="the base side would import added from"),
        two_sides(request(project, "HEAD~1"), variables=environment(PYTHONPATH=str(tmp_path / "site"))),
    ):
        pass


def test_inside_a_hook_of_git(project: Path, tmp_path: Path) -> None:
    """A hook is told by variables which repository and index it serves; each side has its own."""
    other = repository(tmp_path / "other", {"x": ""})
    hook = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": str(other / ".git/index"), "GIT_PREFIX": ""}
    with two_sides(request(project, "HEAD~1"), variables=environment(**hook)) as sides:
        assert [run_python(side, "import pkg; print(pkg.state)") for side in sides] == ["first", "second"]
        assert not [side for side in sides if hook.keys() & side.variables.keys()]


def test_a_project_reached_through_a_link(project: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project)
    root = tmp_path / "link"
    with two_sides(request(root, "HEAD~1", targets=(root / "benchmarks/bench_it.py",))) as (base, now):
        assert run_python(base, "import pkg; print(pkg.state)") == "first"
        assert placed(now, root / "benchmarks/bench_it.py") == now.tree / "benchmarks/bench_it.py"


def test_what_is_left_in_a_tree_does_not_keep_it(project: Path) -> None:
    """What was made in a tree during the run goes with it."""
    with two_sides(request(project, "HEAD")) as (base, _now):
        repository(base.tree / "nested", {"x": ""})
        write(base.tree, {"left/over.txt": ""})
    assert not (project / ".git/worktrees").exists()
