import os
import subprocess
from pathlib import Path

import pytest

from perftool.errors import UsageError
from perftool.revisions.lines import changed_lines, touches

GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run([*GIT, "init", "-q", "-b", "main"], cwd=tmp_path, check=True)
    (tmp_path / "a.sql").write_text("1\n2\n3\n4\n5\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "é b.sql").write_text("1\n2\n")
    (tmp_path / "gone.sql").write_text("1\n")
    commit(tmp_path, "one")
    return tmp_path


def commit(folder: Path, message: str) -> None:
    subprocess.run([*GIT, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*GIT, "commit", "-q", "-m", message], cwd=folder, check=True)


def changed(folder: Path, revision: str = "HEAD") -> dict[str, object]:
    return dict(changed_lines(folder, revision, os.environ))


def test_changed_added_and_untracked_lines(repository: Path) -> None:
    (repository / "a.sql").write_text("1\nchanged\n3\n4\n5\n6\n7\n")
    (repository / "new.sql").write_text("1\n")
    (repository / "gone.sql").unlink()
    assert changed(repository) == {"a.sql": ((2, 2), (6, 7)), "new.sql": None}


def test_lines_taken_away_stand_at_the_line_that_follows(repository: Path) -> None:
    (repository / "a.sql").write_text("1\n4\n5\n")
    assert changed(repository) == {"a.sql": ((2, 2),)}


def test_odd_names_and_a_project_below_the_top(repository: Path) -> None:
    (repository / "sub" / "é b.sql").write_text("1\n2\n3\n")
    (repository / "a.sql").write_text("")
    assert changed(repository / "sub") == {"é b.sql": ((3, 3),)}


def test_a_branch_is_compared_with_where_it_began(repository: Path) -> None:
    subprocess.run([*GIT, "checkout", "-q", "-b", "mine"], cwd=repository, check=True)
    (repository / "mine.sql").write_text("1\n")
    commit(repository, "mine")
    subprocess.run([*GIT, "checkout", "-q", "main"], cwd=repository, check=True)
    (repository / "theirs.sql").write_text("1\n")
    commit(repository, "theirs")
    subprocess.run([*GIT, "checkout", "-q", "mine"], cwd=repository, check=True)
    assert changed(repository, "main") == {"mine.sql": ((1, 1),)}


def test_wrong_revisions_and_places_are_said_plainly(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(UsageError, match="no revision 'nope'"):
        changed(repository, "nope")
    with pytest.raises(UsageError, match="no revision '--output=x'"):
        changed(repository, "--output=x")


def test_touching() -> None:
    assert touches(None, 1, 1)
    assert touches(((2, 3), (9, 9)), 3, 5)
    assert not touches(((2, 3), (9, 9)), 4, 8)
