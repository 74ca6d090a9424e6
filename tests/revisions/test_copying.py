"""Files arrive whatever stands in the way, and never through a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError
from perftool.revisions import copying
from tests.revisions.repositories import write

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_written_through_a_linked_folder(tmp_path: Path) -> None:
    write(tmp_path, {"theirs/bench/a.py": "theirs\n", "theirs/bench/b.py": "b\n", "mine/a.py": "mine\n"})
    side = tmp_path / "side"
    side.mkdir()
    copying.link_children(tmp_path / "theirs", side)
    copying.put(tmp_path / "mine/a.py", side, "bench/a.py")
    copying.take_away(side, "bench/b.py")
    assert (side / "bench/a.py").read_text() == "mine\n"
    assert not (side / "bench/b.py").exists()
    assert (tmp_path / "theirs/bench/a.py").read_text() == "theirs\n"
    assert (tmp_path / "theirs/bench/b.py").exists()


def test_taking_away_from_a_linked_folder_leaves_its_source(tmp_path: Path) -> None:
    write(tmp_path, {"theirs/bench/a.py": "a\n"})
    side = tmp_path / "side"
    side.mkdir()
    copying.link_children(tmp_path / "theirs", side)
    copying.take_away(side, "bench/a.py")
    assert not (side / "bench").exists()
    assert (tmp_path / "theirs/bench/a.py").exists()


def test_equality_is_kind_mode_and_content(tmp_path: Path) -> None:
    write(tmp_path, {"a": "1", "b": "1", "c": "2"})
    assert copying.same(tmp_path / "a", tmp_path / "b")
    assert not copying.same(tmp_path / "a", tmp_path / "c")
    assert not copying.same(tmp_path / "a", tmp_path / "missing")
    (tmp_path / "b").chmod(0o755)
    assert not copying.same(tmp_path / "a", tmp_path / "b")
    (tmp_path / "l").symlink_to("a")
    (tmp_path / "m").symlink_to("a")
    assert copying.same(tmp_path / "l", tmp_path / "m")
    assert not copying.same(tmp_path / "l", tmp_path / "a")


def test_no_folder_is_made_through_a_link(tmp_path: Path) -> None:
    write(tmp_path, {"theirs/bench/a.py": "a\n"})
    side = tmp_path / "side"
    side.mkdir()
    copying.link_children(tmp_path / "theirs", side)
    copying.make_folder(side, side / "bench/new/inner")
    assert (side / "bench/new/inner").is_dir()
    assert (side / "bench/a.py").read_text() == "a\n"
    assert not (tmp_path / "theirs/bench/new").exists()


def test_a_file_that_vanished_meanwhile_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read gone\.py"):
        copying.put(tmp_path / "gone.py", tmp_path, "gone.py")
    with pytest.raises(InputError, match=r"cannot read gone\.py"):
        copying.content(tmp_path, "gone.py")
