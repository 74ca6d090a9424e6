from __future__ import annotations

from perftool.units import unit
from perftool.workers.metrics import Depth, Metrics, Tally, measurements
from tests.workers.kit import crew, items


def test_a_run_is_counted() -> None:
    with crew(workers=2) as executor:
        list(executor.run(items(*["sleep:0.01" + "0" * 5000] * 20, "raise:x")))
        metrics = executor.metrics()
    assert (metrics.workers, metrics.items, metrics.failures) == (2, 21, {"failed": 1})
    assert metrics.payload_bytes == 20 * 5010 + 7
    assert metrics.result_bytes == 20 * 5004
    assert 3 < metrics.chunks <= 21
    assert 0.2 < sum(metrics.busy_s) < 2 * metrics.wall_s
    assert 0 < metrics.utilisation <= 1
    assert metrics.wait_s > 0
    assert 1 <= metrics.queue_mean <= metrics.queue_max <= 21
    assert metrics.counters == {"done": 21.0}


def test_measurements_carry_unit_and_direction_and_never_gate() -> None:
    tally = Tally(workers=2)
    tally.finished(10, b"12345", "")
    tally.finished(10, None, "timeout")
    tally.wall_s, tally.wait_ns, tally.peak_bytes = 2.0, 3 * 10**9, 4096
    tally.busy_s = [1.0, 2.0]
    rows = measurements(tally.metrics({"pool_hits": 9.0, "pool_gets": 10.0}), "batch-parse")
    values = {row.unit: row.values[0] for row in rows}
    assert values["items/s"] == 1.0
    assert values["B/s"] == 10.0
    assert values["wait-sec/item"] == 1.5
    assert values["busy-share"] == 0.75
    assert values["pool-hit-share"] == 0.9
    assert values["peak-PSS-B"] == 4096.0
    assert {row.parameters["failure"]: row.values for row in rows if row.unit == "errors"} == {"timeout": (1.0,)}
    assert not any(row.gates for row in rows)
    assert len({row.key for row in rows}) == len(rows)
    assert all(unit.better(row.unit) in (row.better, "unknown") for row in rows)


def test_nothing_done_gives_no_rates() -> None:
    rows = measurements(Metrics(), "lint")
    assert {row.unit for row in rows}.isdisjoint({"items/s", "wait-sec/item", "pool-hit-share"})
    assert Metrics().utilisation == 0.0
    assert Metrics().pool_hit_rate is None
    assert Depth().mean == 0.0
