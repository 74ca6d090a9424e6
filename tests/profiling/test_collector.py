"""Collections are measured, and the collector is set and set back."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from perftool.errors import UsageError
from perftool.profiling import collector
from perftool.profiling.collector import Collecting

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("few_objects")


def test_collections_are_counted_by_generation() -> None:
    with collector.Recorder() as recorder:
        gc.collect(0)
        gc.collect(2)
        gc.collect(2)
    before = recorder.total()
    gc.collect()
    assert recorder.total() == before
    zero, _, two = recorder.generations()
    assert zero.collections >= 1
    assert two.collections >= 2
    assert 0 < two.longest_s <= two.total_s <= before.total_s


def test_measurements_say_all_and_each() -> None:
    recorder = collector.record()
    try:
        gc.collect(2)
    finally:
        recorder.stop()
    found = {(m.unit, m.parameters.get("generation", "")): m for m in recorder.measurements("gc", "app")}
    assert found["gc-count", ""].values[0] >= 1
    assert found["gc-sec", "2"].values[0] > 0
    assert found["gc-max-sec", ""].better == "lower"
    assert all(m.case == "app" for m in found.values())


def test_starting_twice_counts_once() -> None:
    recorder = collector.Recorder().start().start()
    gc.collect()
    recorder.stop().stop()
    assert recorder._heard not in gc.callbacks
    assert recorder.generations()[2].collections >= 1


def test_settings_hold_inside_the_block_only() -> None:
    before = gc.get_threshold()
    with collector.applied(Collecting((2000, 10, 10), freeze=True)):
        assert gc.get_threshold() == (2000, 10, 10)
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_a_profile_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "perftool.toml").write_text("")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "gc-app.toml").write_text('description = "d"\n[gc]\nthreshold = "5000,10,10"\n')
    monkeypatch.chdir(tmp_path)
    assert collector.settings("gc-app") == Collecting((5000, 10, 10), freeze=False)
    with collector.applied("gc-app"):
        assert gc.get_threshold() == (5000, 10, 10)


@pytest.mark.parametrize("text", ["5000", "1,2", "1,2,x", "1,2,-3", "1,2,99999999999"])
def test_thresholds_that_are_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").write_text(f'[gc]\nthreshold = "{text}"\n')
    with pytest.raises(UsageError, match="three numbers"):
        collector.settings(root=tmp_path)


def test_a_profile_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").write_text("")
    with pytest.raises(UsageError, match="no profile named"):
        collector.settings("gc-nothing", tmp_path)
