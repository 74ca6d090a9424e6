"""Revisions of real repositories made for the test, and of folders that are none."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from perftool.machine import revision

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.py").write_text("1\n")
    git(folder, "add", "a.py")
    git(folder, "commit", "-qm", "first")
    return folder


def test_a_branch_and_whether_it_is_dirty(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    found = revision.read(repository)
    assert found is not None
    assert (found.commit, found.branch, found.dirty) == (commit, "main", False)
    (repository / "new.py").write_text("untracked files are not the commit's")
    assert (revision.read(repository) or found).dirty is False
    (repository / "a.py").write_text("2\n")
    changed = revision.read(repository)
    assert changed is not None
    assert changed.dirty is True
    light = revision.read(repository, light=True)
    assert light is not None
    assert light.dirty is None


def test_a_changed_baseline_is_not_dirty(repository: Path) -> None:
    stored = repository / "baselines/local/suite.json"
    stored.parent.mkdir(parents=True)
    stored.write_text("{}")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "baseline")
    stored.write_text("{ }")
    found = revision.read(repository)
    assert found is not None
    assert found.dirty is False


def test_a_folder_inside_asks_about_the_whole_tree(repository: Path) -> None:
    inner = repository / "deep/er"
    inner.mkdir(parents=True)
    (repository / "a.py").write_text("2\n")
    found = revision.read(inner)
    assert found is not None
    assert found.dirty is True


def test_packed_references_and_slashes_in_branches(repository: Path) -> None:
    git(repository, "checkout", "-qb", "feature/x")
    git(repository, "pack-refs", "--all")
    found = revision.read(repository, light=True)
    assert found is not None
    assert (found.commit, found.branch) == (git(repository, "rev-parse", "HEAD"), "feature/x")


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    found = revision.read(repository, light=True)
    assert found is not None
    assert (found.commit, found.branch) == (git(repository, "rev-parse", "HEAD"), None)


def test_a_linked_worktree(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    found = revision.read(tmp_path / "linked")
    assert found is not None
    assert (found.commit, found.branch, found.dirty) == (git(repository, "rev-parse", "HEAD"), "side", False)


def test_a_repository_without_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    found = revision.read(tmp_path)
    assert found is not None
    assert (found.commit, found.branch) == (None, "main")


def test_no_repository(tmp_path: Path) -> None:
    assert revision.read(tmp_path) is None
    (tmp_path / ".git").write_text("something else")
    assert revision.read(tmp_path) is None


def test_without_git_itself_only_dirty_is_unknown(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", "/nowhere")
    found = revision.read(repository)
    assert found is not None
    assert (found.commit, found.dirty) == (commit, None)


def test_references_in_a_circle_end(repository: Path) -> None:
    (repository / ".git/refs/heads/main").write_text("ref: refs/heads/main\n")
    found = revision.read(repository, light=True)
    assert found is not None
    assert found.commit is None
