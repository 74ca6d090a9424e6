"""Folders of runs: each its own, none left, none of the user's touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError, UsageError
from perftool.revisions import locks, worktrees
from perftool.revisions.git import Git
from tests.revisions.repositories import environment, repository, write

if TYPE_CHECKING:
    from pathlib import Path


def test_ten_runs_and_no_more(tmp_path: Path) -> None:
    held = [locks.acquire(tmp_path / f"worktrees/{number}.lock") for number in range(9)]
    with (
        worktrees.run_folder(tmp_path, None) as place,
        pytest.raises(UsageError, match="10 runs"),
        worktrees.run_folder(tmp_path, None),
    ):
        pass
    assert place == tmp_path / "worktrees/9"
    assert not place.exists()
    for lock in held:
        assert lock is not None
        lock.release()


def test_what_a_dead_run_left_goes_and_what_a_live_one_has_stays(tmp_path: Path) -> None:
    write(tmp_path, {"worktrees/0/a/x": "dead", "worktrees/1/a/x": "alive"})
    with locks.acquire(tmp_path / "worktrees/1.lock") or locks.Lock(-1), worktrees.run_folder(tmp_path, None) as place:
        assert list(place.iterdir()) == []
        assert (tmp_path / "worktrees/1/a/x").read_text() == "alive"


def test_a_checkout_that_fails_says_git_s_reason(tmp_path: Path) -> None:
    git = Git(repository(tmp_path / "r", {"a": ""}), environment())
    with pytest.raises(InputError, match="git cannot check out 123456789012: "):
        worktrees.add(git, tmp_path / "side", "1234567890123456789012345678901234567890")


def test_a_tree_of_links_leaves_out_what_is_git_s(tmp_path: Path) -> None:
    write(tmp_path, {"home/.git/HEAD": "", "home/a.py": "1", "home/pkg/b.py": "2"})
    worktrees.mirror(tmp_path / "home", tmp_path / "a", without=frozenset({".git"}))
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["a.py", "pkg"]
    assert (tmp_path / "a/pkg/b.py").read_text() == "2"


def test_what_cannot_be_removed_costs_its_place_and_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"worktrees/0/a/x": "another user's"})
    monkeypatch.setattr(worktrees.shutil, "rmtree", lambda *_, **__: None)
    with worktrees.run_folder(tmp_path, None) as place:
        assert place == tmp_path / "worktrees/1"
        write(place, {"left": ""})
    assert place.exists()
    with worktrees.run_folder(tmp_path, None) as after:
        assert after == tmp_path / "worktrees/2"


def test_folders_that_forbid_writing_go_too(tmp_path: Path) -> None:
    with worktrees.run_folder(tmp_path, None) as place:
        write(place, {"a/cache/module/file": ""})
        (place / "a/cache/module").chmod(0o555)
    assert not place.exists()
