"""Git answers about the folder asked, whoever called perftool, and runs no hook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import UsageError
from perftool.revisions.git import Git, GitError, top_of
from tests.revisions.repositories import environment, git, repository

if TYPE_CHECKING:
    from pathlib import Path


def test_variables_of_a_calling_hook_are_dropped(tmp_path: Path) -> None:
    mine, other = repository(tmp_path / "mine", {"a": "1"}), repository(tmp_path / "other", {"b": "2"})
    hook = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other), "GIT_INDEX_FILE": str(other / ".git/index")}
    asked = Git(mine, environment(**hook))
    assert asked.names("ls-files", "-z") == ["a"]
    assert top_of(mine, environment(**hook)) == mine


def test_hooks_do_not_run(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "1"})
    hook = root / ".git/hooks/post-checkout"
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    Git(root, environment()).ask("worktree", "add", "--detach", "-q", "../side", "HEAD")
    assert not list(tmp_path.rglob("ran"))
    git(root, "worktree", "add", "--detach", "-q", "../control", "HEAD")
    assert list(tmp_path.rglob("ran"))


def test_an_error_is_git_s_own_reason(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "1"})
    with pytest.raises(GitError, match=r"^ambiguous argument 'nothing'"):
        Git(root, environment()).ask("log", "nothing")


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(UsageError, match="no working tree"):
        top_of(tmp_path / "bare.git", environment())


def test_an_untrusted_repository_says_how_to_trust_it(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "1"})
    with pytest.raises(UsageError, match="does not trust") as caught:
        top_of(root, environment(GIT_TEST_ASSUME_DIFFERENT_OWNER="1"))
    assert "safe.directory" in str(caught.value.hint)
