"""The commits that touched a function, in a real repository."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from perftool.culprit.commits import UNCOMMITTED, touching
from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST = """LIMIT = 5


def one():
    return 1


def two():
    return LIMIT
"""
GIT = ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false"]


class Repository:
    """A repository with one file, committed under a subject at a time."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "app.py"
        self.folder = folder
        self.ask("init", "-q")
        self.commit("Begin", FIRST)

    def commit(self, subject: str, text: str) -> None:
        self.file.write_text(text)
        self.ask("add", "-A")
        self.ask("commit", "-q", "-m", subject)

    def ask(self, *words: str) -> str:
        done = subprocess.run([*GIT, *words], cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise InputError(done.stderr)
        return done.stdout.rstrip("\n")


@pytest.fixture
def touched(tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that commits texts, one subject each, and names who touched a function since the first."""
    repository = Repository(tmp_path)
    base = repository.ask("rev-parse", "HEAD")

    def who(name: str, /, *changes: tuple[str, str], text: str | None = None, **more: Any) -> list[str]:
        for subject, content in changes:
            repository.commit(subject, content)
        found = touching(repository.ask, base, "HEAD", "app.py", name, text=text, **more)
        return [one.subject for one in found]

    return who


def test_the_commit_that_changed_the_function(touched: Callable[..., list[str]]) -> None:
    two = FIRST.replace("return LIMIT", "return LIMIT + 1")
    assert touched("two", ("Change one", FIRST.replace("return 1", "return 11")), ("Change two", two)) == ["Change two"]


def test_lines_that_moved_are_followed(touched: Callable[..., list[str]]) -> None:
    changed = FIRST.replace("return LIMIT", "return LIMIT + 1")
    assert touched("two", ("Change two", changed), ("Move it", "import re\n\n\n" + changed)) == ["Change two"]


def test_a_decorator_and_a_constant_belong_to_the_function(touched: Callable[..., list[str]]) -> None:
    decorated = FIRST.replace("def two", "@print\ndef two")
    assert touched(
        "two", ("Decorate", decorated), ("Raise the limit", decorated.replace("5", "6")), uses=["LIMIT"]
    ) == [
        "Raise the limit",
        "Decorate",
    ]


def test_a_decorator_that_was_removed_belongs_to_it(touched: Callable[..., list[str]]) -> None:
    decorated = FIRST.replace("def two", "@print\ndef two")
    changes = ("Decorate", decorated), ("Drop it", FIRST), ("Change one", FIRST.replace("return 1", "return 11"))
    assert touched("two", *changes, decorated=True) == ["Drop it", "Decorate"]


def test_what_is_not_committed_comes_first(touched: Callable[..., list[str]]) -> None:
    now = FIRST.replace("return LIMIT", "return LIMIT + 1")
    assert touched("two", text=now) == [UNCOMMITTED.subject]
    assert touched("one", text=now) == []


def test_all_commits_of_a_file_for_its_module(touched: Callable[..., list[str]]) -> None:
    assert touched("", ("Import", "import re\n" + FIRST)) == ["Import"]


def test_who_removed_a_function(touched: Callable[..., list[str]]) -> None:
    gone = FIRST.partition("def two")[0]
    assert touched("two", ("Drop two", gone), ("Other", gone + "\n\nX = 1\n")) == ["Drop two"]


def test_a_file_that_nobody_committed(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    assert touching(repository.ask, "HEAD", "HEAD", "new.py", "f", text="def f(): pass\n") == (UNCOMMITTED,)
    assert touching(repository.ask, "HEAD", "HEAD", "new.py", "f") == ()


def test_commits_have_a_date_and_no_author(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    base = repository.ask("rev-parse", "HEAD")
    repository.commit("Change two", FIRST.replace("return LIMIT", "return 7"))
    (one,) = touching(repository.ask, base, "HEAD", "app.py", "two")
    assert repository.ask("rev-parse", "HEAD").startswith(one.id)
    assert len(one.date) == len("2026-11-20")
    assert "example.com" not in repr(one)
