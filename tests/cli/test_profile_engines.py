"""Which engine captures what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from perftool.cli.profile_engines import chosen, defaults
from perftool.config.sources import load
from perftool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.config.schema import Settings


def settings(folder: Path, engine: str = "", *, configured: str = "") -> Settings:
    environment = {"PERFTOOL_PROFILING_ENGINE": configured} if configured else {}
    flags: dict[str, Any] = {"profiling.engine": engine or None}
    return load(folder, environment=environment, flags=flags)


def names(found: list[tuple[Any, str]]) -> list[tuple[str, str]]:
    return [(engine.name, measured) for engine, measured in found]


def test_each_measure_has_its_engine(tmp_path: Path) -> None:
    assert names(chosen(["cpu"], settings(tmp_path), attach=False)) == [("sampler", "cpu")]
    assert names(chosen(["cpu", "memory"], settings(tmp_path), attach=False)) == [
        ("sampler", "cpu"),
        ("memray", "memory"),
    ]
    assert defaults(["cpu", "memory"]) == ["sampler", "memray"]


def test_a_running_process_is_joined_from_outside(tmp_path: Path) -> None:
    found = chosen(["cpu", "memory"], settings(tmp_path), attach=True)
    assert names(found) == [("external", "cpu"), ("external", "memory")]
    assert names(chosen(["cpu"], settings(tmp_path, "py-spy"), attach=True)) == [("external", "cpu")]


def test_who_asks_for_cpu_may_be_given_wall_time(tmp_path: Path) -> None:
    assert names(chosen(["cpu"], settings(tmp_path, "pyinstrument"), attach=False)) == [("pyinstrument", "wall")]


def test_a_configured_engine_is_taken_where_it_fits(tmp_path: Path) -> None:
    held = settings(tmp_path, configured="pyinstrument")
    assert names(chosen(["cpu"], held, attach=False)) == [("pyinstrument", "wall")]
    assert names(chosen(["memory"], held, attach=False)) == [("memray", "memory")]
    assert names(chosen(["cpu"], held, attach=True)) == [("external", "cpu")]


@pytest.mark.parametrize(
    ("engine", "attach", "message"),
    [
        ("memray", False, "memray does not measure cpu"),
        ("external", False, "external joins running processes and starts none"),
        ("sampler", True, "sampler cannot join a running process"),
        ("gprof", False, "no profiler named 'gprof'"),
    ],
)
def test_an_engine_that_cannot_is_refused(engine: str, attach: bool, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        chosen(["cpu"], settings(tmp_path, engine), attach=attach)
