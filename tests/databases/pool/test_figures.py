"""What figures become: measurements for ``compare``, and alarms."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from perftool.databases.pool import alarms
from perftool.databases.pool.measuring import pool_measurements
from perftool.databases.pool.pool import digest
from perftool.model.database import PoolFigures, PoolSettings, Spread

WAITED = Spread(count=40, p50=0.01, p95=2.0, p99=2.5, maximum=3.0, total=9.0)
FIGURES = PoolFigures(
    name="postgresql:shop", digest="0", settings=PoolSettings(maximum=2, overflow=1), checkouts=40, created=3, closed=1,
    invalidated=0, health_failures=0, timeouts=2, exhausted=9, exhausted_s=6.0, in_use=0, idle=2, most_in_use=3,
    wait=WAITED, hold=None, age_s=10.0,
)  # fmt: skip


def test_figures_become_measurements_of_which_waits_gate() -> None:
    found = {one.unit: one for one in pool_measurements(FIGURES)}
    assert found["wait-p95-sec"].values == (2.0,)
    assert found["wait-p95-sec"].parameters == {"size": "3"}
    assert {unit for unit, one in found.items() if one.gates} == {"wait-p50-sec", "wait-p95-sec", "wait-p99-sec"}
    assert {one.better for unit, one in found.items() if unit != "checkouts"} == {"lower"}
    assert found["timeouts"].values == (2.0,)
    assert not any(unit.startswith("hold") for unit in found)


def test_alarms_are_sentences_about_thresholds_that_were_passed() -> None:
    assert alarms.raised(FIGURES).alarms == (
        "one checkout in twenty waited longer than 2 s",
        "somebody waited for 60% of the time: 3 of 3 connections were out",
        "2 checkouts got no connection within 30 s",
    )


def test_a_threshold_of_nothing_raises_nothing() -> None:
    quiet = PoolSettings(alarm_wait_s=0.0, alarm_exhausted=0.0, alarm_pools=0)
    assert alarms.raised(replace(FIGURES, settings=quiet, timeouts=0), pools=99).alarms == ()


@pytest.mark.parametrize("change", [{"maximum": 6}, {"leak_s": 1.0}, {"fair": False}])
def test_a_digest_tells_settings_apart(change: dict[str, float]) -> None:
    assert digest(PoolSettings()) == digest(PoolSettings()) != digest(PoolSettings(**change))  # type: ignore[arg-type]
