from __future__ import annotations

from perftool.render import crew
from perftool.workers.metrics import Metrics, measurements
from tests.render.batch_sample import MEASUREMENTS
from tests.render.lint_sample import CREW


def test_one_line_tells_what_the_workers_did() -> None:
    assert crew.workers(MEASUREMENTS, "batch") == (
        "2 processes, busy for 88.6 % of the time, 31,001 items that waited 125 ms each, at most 512 of them queued,"
        " 1 begun again, 1 replaced, 1 failure, peak of all 190 MiB"
    )
    assert crew.workers(CREW, "lint").startswith("2 processes, busy for 78.6 % of the time, 823 items")
    assert crew.workers(CREW, "batch") == crew.workers((), "lint") == ""


def test_what_nothing_is_known_of_is_left_out() -> None:
    assert crew.workers(measurements(Metrics(counters={"pool_hits": 1.0, "pool_gets": 4.0}), "lint"), "lint") == (
        "1 process, pool hits 25.0 %"
    )


def test_stages_stand_in_their_order() -> None:
    table = crew.stages(MEASUREMENTS, "batch")
    assert table is not None
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[0] for row in rows] == ["read", "split", "look-up", "work", "write"]
    assert rows[0][1:] == ["11", "48.6 MiB", "21.0 ms", "", "", ""]
    assert rows[3] == ["work", "31,000", "11.3 MiB", "34.1 s", "125 ms", "210.0", "512"]
    assert rows[4][4:] == ["750 ms", "20.0", "49,152"]
    assert crew.stages(CREW, "batch") is None
