"""Two sides from beginning to end: what each imports, what is the same for both, and what is left afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError
from tests.revisions.repositories import commit, environment, git, repository, request, run_python, two_sides, write

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


def test_benchmarks_come_from_the_working_tree_on_both_sides(project: Path) -> None:
    target = project / "benchmarks/bench_it.py"
    target.write_text("# edited\n")
    with two_sides(request(project, "HEAD~1", targets=(target,))) as (base, now):
        for side in (base, now):
            assert side.place(target).read_text() == "# edited\n"
            assert side.place(target).is_relative_to(side.tree)
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
