"""Profiles ship with perftool, and a project's own win."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from perftool.config import profiles
from perftool.config.schema import Settings
from perftool.config.sources import load
from perftool.errors import UsageError

BUILT_IN = (
    "ci", "high-throughput", "low-latency", "low-noise", "memory-bound", "mixed", "quick", "read-heavy", "write-heavy",
)  # fmt: skip
NOWHERE = Path("no-such-project")


def test_the_built_in_ones() -> None:
    assert profiles.names(NOWHERE) == BUILT_IN


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_is_described_and_changes_something(name: str, tmp_path: Path) -> None:
    assert len(tomllib.loads(profiles.find(name, NOWHERE).read_text("utf-8"))["description"]) > 20
    settings, plain = load(tmp_path, environment={}, profile=name), Settings()
    assert (settings.bench, settings.compare, settings.rules) != (plain.bench, plain.compare, plain.rules)


def test_no_two_are_alike(tmp_path: Path) -> None:
    loaded = [load(tmp_path, environment={}, profile=name) for name in BUILT_IN]
    assert len({repr((s.bench, s.compare, s.rules)) for s in loaded}) == len(BUILT_IN)


def test_the_own_profile_wins(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "ci.toml").write_text("[bench]\nblocks = 99\n")
    (tmp_path / "profiles" / "own.toml").write_text("[bench]\nblocks = 98\n")
    assert profiles.find("ci", tmp_path).parent == tmp_path / "profiles"
    assert set(profiles.names(tmp_path)) == {*BUILT_IN, "own"}
    (tmp_path / "perftool.toml").write_text("")
    assert load(tmp_path, environment={}, profile="ci").bench.blocks == 99


def test_an_unknown_one_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no profile named 'low-nose'") as caught:
        profiles.find("low-nose", NOWHERE)
    assert caught.value.hint == "did you mean 'low-noise'?"
