"""``perftool bench db-cache`` and ``db-claims`` from argument to conclusion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.bench.suites import db_cache
from perftool.store import reports

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from perftool.model.bench import BenchPayload

SHORT = ("--count", "1", "--samples", "1", "--min-time", "0.1ms", "--no-latency", "--scale", "0.01")


def payload(folder: Path) -> BenchPayload:
    return reports.read(folder / ".perftool" / "reports" / "latest.json").payload  # type: ignore[return-value]


def test_a_cache_is_measured_beside_its_query(run: Any, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(db_cache.REDIS, raising=False)
    done = run("bench", "db-cache", "--filter", "/10-rows/backend=(sqlite|memory)", *SHORT)
    assert done.code == 0, done.err
    assert "share of hits from which a cache before sqlite pays" in done.out
    assert "memory json" in done.out
    assert "redis-not-named" not in done.out
    assert "Redis is left out" in done.out
    (one,) = payload(project).conclusions
    assert (one.group, one.subject) == ("memory json", "10-rows")


def test_claims_are_judged_on_a_log(run: Any, project: Path) -> None:
    (project / "log.sql").write_text("SELECT 1; SELECT 2; SELECT 1;")
    done = run("bench", "db-claims", "--queries", "log.sql", "--filter", "replayed-log", *SHORT)
    assert done.code == 0, done.err
    assert "33.3% of 3 queries of your log are hits" in done.out
    (one,) = payload(project).conclusions
    assert (one.claimed, one.holds) == (0.6, False)
