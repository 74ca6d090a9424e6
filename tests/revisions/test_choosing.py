"""What --vs may name, and what is said of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import PerftoolError, UnavailableError, UsageError
from perftool.revisions.choosing import Checkout, Revision, choose
from tests.fakes.failures import failure
from tests.revisions.repositories import commit, environment, git, repository, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = repository(tmp_path / "project", {"a.py": ""})
    commit(root, {"a.py": "2"})
    git(root, "branch", "feature/one")
    git(root, "tag", "v1")
    return root


def refused(vs: str, project: Path, **variables: str) -> PerftoolError:
    error = failure(PerftoolError, lambda: choose(vs, project, project, environment(**variables)))
    assert isinstance(error, PerftoolError)
    return error


@pytest.mark.parametrize(
    ("vs", "branch"), [("HEAD~1", None), ("main", "main"), ("feature/one", "feature/one"), ("v1", None), ("@", None)]
)
def test_revisions(project: Path, vs: str, branch: str | None) -> None:
    chosen = choose(vs, project, project, environment())
    assert isinstance(chosen, Revision)
    assert chosen.commit == git(project, "rev-parse", vs + "^{commit}")
    if vs != "@":
        assert chosen.branch == branch


def test_a_folder_with_a_checkout_comes_before_a_branch_of_its_name(project: Path) -> None:
    git(project, "branch", "other")
    git(project, "branch", "docs")
    write(project, {"other/pyproject.toml": "", "docs/page.md": ""})
    chosen = choose("other", project, project, environment())
    assert chosen == Checkout(project / "other", project)
    assert isinstance(choose("docs", project, project, environment()), Revision)


def test_a_second_checkout_of_a_repository_with_several_projects(tmp_path: Path) -> None:
    mine = repository(tmp_path / "mine", {"services/one/a.py": ""})
    other = repository(tmp_path / "other", {"services/one/a.py": ""})
    root = mine / "services/one"
    assert choose("../../../other", root, root, environment()) == Checkout(other, mine)
    repository(tmp_path / "third", {"a.py": ""})
    assert choose("../../../third", root, root, environment()) == Checkout(tmp_path / "third", root)


def test_an_unknown_revision_suggests_the_nearest(project: Path) -> None:
    error = refused("feature/won", project)
    assert isinstance(error, UsageError)
    assert error.message == "--vs feature/won: neither a git revision nor a folder"
    assert error.hint is not None
    assert "feature/one" in error.hint
    assert "known: " in str(refused("zzz", project).hint)


@pytest.mark.parametrize("vs", ["", "  ", "-h", "--all", "\0", "a\nb"])
def test_odd_words_are_no_options(project: Path, vs: str) -> None:
    assert isinstance(refused(vs, project), UsageError)


def test_a_blob_is_no_revision(project: Path) -> None:
    assert "neither" in refused("HEAD:a.py", project).message


def test_a_folder_without_a_checkout(project: Path) -> None:
    write(project, {"plain/a.txt": ""})
    assert "holds no checkout" in refused("plain", project).message


def test_no_repository(tmp_path: Path) -> None:
    error = refused("HEAD", tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert "needs a git repository" in error.message
    assert error.hint is not None


def test_no_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert "no commit to compare with yet" in refused("HEAD", tmp_path).message


def test_a_shallow_clone(project: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", project.as_uri(), str(clone))
    assert "fetch-depth: 0" in str(refused("HEAD~1", clone).hint)


def test_git_is_not_installed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    error = refused("HEAD", project, PATH=str(project))
    assert isinstance(error, UnavailableError)
    assert error.exit_code == 4
