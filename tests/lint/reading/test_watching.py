"""Whatever changes in a folder is seen by its states; what does not change is not read again."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.lint.reading import watching
from perftool.lint.reading.files import find
from perftool.lint.reading.footprint import watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.lint.reading.watching import Folder, Watched

LATER = 10**10


def seen(root: Path, *, since: int | None = None) -> Watched | None:
    """Return what is to be watched of a search in ``root`` that begins when all is settled, or ``since``."""
    folders: list[Folder] = []
    files = [str(one.path) for one in find([root], base=root, searched=folders)]
    return watched(files, folders, (), time.time_ns() + LATER if since is None else since)


def tree(root: Path) -> None:
    (root / "d" / "e").mkdir(parents=True)
    (root / "config").mkdir()
    for name in ("a.sql", "d/b.sql", "d/e/c.sql", ".gitignore", "d/sqlc.yaml", "elsewhere"):
        (root / name).write_text("one")
    (root / "link.sql").symlink_to("elsewhere")


def rewrite(path: Path) -> None:
    """Change what a file holds, and put back the time of its last write."""
    told = path.stat()
    path.write_text("two")
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def swap(root: Path) -> None:
    (root / "other").write_text("one")
    (root / "link.sql").unlink()
    (root / "link.sql").symlink_to("other")


CHANGES: dict[str, Callable[[Path], object]] = {
    "written": lambda root: (root / "a.sql").write_text("two"),
    "written, its time put back": lambda root: rewrite(root / "d" / "b.sql"),
    "touched": lambda root: (root / "a.sql").touch(),
    "renamed": lambda root: (root / "a.sql").rename(root / "z.sql"),
    "moved": lambda root: (root / "a.sql").rename(root / "d" / "a.sql"),
    "deleted": lambda root: (root / "d" / "e" / "c.sql").unlink(),
    "added": lambda root: (root / "d" / "new.sql").write_text("one"),
    "a folder added": lambda root: (root / "d" / "f").mkdir(),
    "a folder renamed": lambda root: (root / "d").rename(root / "g"),
    "mode": lambda root: (root / "a.sql").chmod(0o600),
    "link swapped": swap,
    "behind a link": lambda root: rewrite(root / "elsewhere"),
    "a link made a file": lambda root: ((root / "link.sql").unlink(), (root / "link.sql").write_text("one")),
    "ignored now": lambda root: (root / ".gitignore").write_text("a.sql"),
    "ignored below": lambda root: (root / "d" / ".gitignore").write_text("b.sql"),
    "a tool's file written": lambda root: rewrite(root / "d" / "sqlc.yaml"),
    "a tool's file added": lambda root: (root / "alembic.ini").write_text("one"),
    "a tool's file beside": lambda root: (root / "config" / "database.yml").write_text("one"),
    "a tool's file above": lambda root: (root.parent / "sqlc.yaml").write_text("one"),
    "dbt above": lambda root: (root.parent / "dbt_project.yml").write_text("one"),
    "a repository": lambda root: (root / ".git").mkdir(),
    "a repository above": lambda root: (root.parent / ".git").mkdir(),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_is_seen(tmp_path: Path, change: Callable[[Path], object]) -> None:
    root = tmp_path / "project"
    tree(root)
    before = seen(root)
    assert before is not None
    assert before.same() is not None
    time.sleep(0.012)
    change(root)
    assert before.same() is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=3))
def test_the_same_is_what_nothing_has_happened_to(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        tree(root)
        for name in names:
            try:
                CHANGES[name](root)
            except OSError:
                continue
        now = seen(root)
        assert now is not None
        assert now.same() is not None


def test_what_does_not_count_is_not_watched(tmp_path: Path) -> None:
    tree(tmp_path)
    (tmp_path / ".git").mkdir()
    before = seen(tmp_path)
    assert before is not None
    (tmp_path / "report.txt").write_text("one")
    (tmp_path / ".perftool").mkdir()
    (tmp_path / "d" / "__pycache__").mkdir()
    (tmp_path / ".git" / "index").write_text("one")
    assert before.same() is not None


def test_what_changes_as_a_run_begins_is_not_settled(tmp_path: Path) -> None:
    tree(tmp_path)
    assert seen(tmp_path, since=time.time_ns()) is None


@pytest.mark.parametrize(
    ("changed", "since", "expected"),
    [(1_000_000_001, 1_050_000_001, False), (1_000_000_001, 1_050_000_002, True),
     (1_000_000_000, 3_500_000_000, False), (1_000_000_000, 3_500_000_001, True)],
)  # fmt: skip
def test_file_systems_that_keep_whole_seconds_are_given_more_time(changed: int, since: int, expected: bool) -> None:
    assert watching.settled((0, 0, 0, 0, changed), since) is expected
    assert watching.settled((), since)


def test_two_searches_in_one_folder_are_both_watched(tmp_path: Path) -> None:
    tree(tmp_path)
    folders: list[Folder] = []
    list(find([tmp_path / "d", tmp_path / "d" / "*.y*"], base=tmp_path, searched=folders))
    now = watched([], folders, (), time.time_ns() + LATER)
    assert now is not None
    (tmp_path / "d" / "new.yaml").touch()
    assert now.same() is None
