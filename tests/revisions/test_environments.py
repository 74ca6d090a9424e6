"""Slots: who gets which, what is found again, and what is removed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.errors import UsageError
from perftool.revisions import environments
from perftool.revisions.environments import Slot, mark, reserve, unmark
from perftool.revisions.probing import Probed

if TYPE_CHECKING:
    from pathlib import Path


def finish(slot: Slot, code: str) -> None:
    slot.folder.mkdir(parents=True, exist_ok=True)
    mark(slot, code)
    slot.lock.release()


def names(slots: list[Slot]) -> list[str]:
    return [f"{slot.folder.parent.name}/{slot.folder.name}" for slot in slots]


def test_two_sides_with_the_same_dependencies_get_different_slots_and_find_them_again(tmp_path: Path) -> None:
    first = reserve(tmp_path, ["k", "k"], ["one", "two"])
    assert names(first) == ["k/0", "k/1"]
    assert [slot.usable for slot in first] == [False, False]
    for slot, code in zip(first, ["one", "two"], strict=True):
        finish(slot, code)
    # The commit that was the working tree's is the base now; neither is built again.
    swapped = reserve(tmp_path, ["k", "k"], ["two", "one"])
    assert names(swapped) == ["k/1", "k/0"]
    assert [slot.code for slot in swapped] == ["two", "one"]
    for slot in swapped:
        slot.lock.release()


def test_a_side_without_a_match_does_not_take_the_other_s(tmp_path: Path) -> None:
    for slot, code in zip(reserve(tmp_path, ["k", "k"], ["a", "b"]), "ab", strict=True):
        finish(slot, code)
    found = reserve(tmp_path, ["k", "k"], ["new", "a"])
    assert names(found) == ["k/1", "k/0"]
    assert [(slot.code, slot.usable) for slot in found] == [("b", True), ("a", True)]
    for slot in found:
        slot.lock.release()


def test_a_locked_slot_is_left_to_its_run(tmp_path: Path) -> None:
    held = reserve(tmp_path, ["k", "k"], ["", ""])
    also = reserve(tmp_path, ["k", "k"], ["", ""])
    assert names(also) == ["k/2", "k/3"]
    more = [reserve(tmp_path, ["k", "k"], ["", ""]) for _ in range(3)]
    with pytest.raises(UsageError, match="in use"):
        reserve(tmp_path, ["k", "k"], ["", ""])
    for slot in [*held, *also, *(slot for pair in more for slot in pair)]:
        slot.lock.release()


def test_unfinished_builds_are_not_reused(tmp_path: Path) -> None:
    slot = reserve(tmp_path, ["k"], ["a"])[0]
    slot.folder.mkdir()
    (slot.folder / "half").write_text("")
    slot.lock.release()
    again = reserve(tmp_path, ["k"], ["a"])[0]
    assert not again.usable
    unmark(again)
    assert not again.folder.exists()
    finish(again, "a")
    kept = reserve(tmp_path, ["k"], ["b"])[0]
    unmark(kept)
    assert kept.folder.exists(), "dependencies stay"
    kept.lock.release()
    assert not reserve(tmp_path, ["k"], ["a"])[0].usable


def test_unknown_code_is_never_found_again(tmp_path: Path) -> None:
    finish(reserve(tmp_path, ["k"], [""])[0], "")
    found = reserve(tmp_path, ["k"], [""])[0]
    assert (found.usable, found.code) == (True, "")
    found.lock.release()


def test_the_oldest_go_but_not_those_in_use(tmp_path: Path) -> None:
    for number in range(6):
        finish(reserve(tmp_path, [f"k{number}"], [""])[0], "")
        os.utime(tmp_path / f"environments/k{number}/used", (number, number))
    held = reserve(tmp_path, ["k0"], [""])[0]
    os.utime(tmp_path / "environments/k0/used", (0, 0))
    reserve(tmp_path, ["k9"], [""])[0].lock.release()
    assert (tmp_path / "environments/k0").exists(), "in use"
    held.lock.release()
    reserve(tmp_path, ["k9"], [""])[0].lock.release()
    left = sorted(path.name for path in (tmp_path / "environments").iterdir())
    assert left == ["k1", "k2", "k3", "k4", "k5", "k9"]


def test_the_key_follows_from_everything_that_matters(tmp_path: Path) -> None:
    python = Probed("3.12.1", "3.12.1 (main)", "cpython", "/usr/bin/python3", "/usr", {}, {})
    other = Probed("3.12.2", "3.12.2 (main)", "cpython", "/usr/bin/python3", "/usr", {}, {})
    made = {
        environments.key("d", "s", python, tmp_path),
        environments.key("e", "s", python, tmp_path),
        environments.key("d", "t", python, tmp_path),
        environments.key("d", "s", other, tmp_path),
        environments.key("d", "s", python, tmp_path / "x"),
    }
    assert len(made) == 5
    assert {len(key) for key in made} == {16}
