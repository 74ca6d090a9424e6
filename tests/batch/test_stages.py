from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING

import pytest

from perftool.batch.api import ReadOptions
from perftool.batch.lines import Ndjson
from perftool.batch.reading import places, records
from perftool.batch.resuming import read
from perftool.batch.tap import Tap
from perftool.workers.metrics import Metrics
from tests.batch.kit import Ran

if TYPE_CHECKING:
    from pathlib import Path


def told(ran: Ran, metrics: Metrics | None = None) -> dict[tuple[str, str], float]:
    found = ran.totals.stages.measurements(ran.totals.distinct, metrics or Metrics())
    assert not any(one.gates for one in found)
    return {(one.parameters["stage"], one.unit): one.values[0] for one in found}


def test_every_item_passes_every_stage_but_the_work_only_if_it_is_new() -> None:
    ran = Ran(["a", "bb", "a", " ", "bad"])
    rows = told(ran, Metrics(items=3, busy_s=(0.25, 0.5), wait_s=6.0, queue_mean=2.5, queue_max=3, result_bytes=70))
    assert rows["split", "items"] == rows["look-up", "items"] == rows["write", "items"] == 5
    assert rows["split", "bytes"] == len("a" + "bb" + "a" + "is empty" + "bad")
    assert rows["write", "bytes"] == len(ran.file.getvalue())
    assert [rows["work", unit] for unit in ("items", "bytes", "busy-sec", "wait-sec/item")] == [3, 70, 0.75, 2.0]
    assert (rows["work", "queued-items"], rows["work", "most-queued-items"]) == (2.5, 3)
    assert all(rows[stage, "busy-sec"] >= 0 for stage in ("split", "look-up", "write"))


def test_items_wait_for_those_before_them() -> None:
    ran = Ran(["a", *(["b"] * 3)])
    write = ran.totals.stages.write
    assert write.wait_s >= 0
    assert write.depth.highest == 1


def test_what_an_earlier_run_did_is_not_behind() -> None:
    first = Ran(["a", "b", "c"])
    second = Ran(["a", "b", "c", "d"], resumed=read(io.BytesIO(first.file.getvalue()), Ndjson(), "r"))
    assert second.totals.stages.split.items == 4
    assert second.totals.stages.write.items == second.totals.stages.write.depth.highest == 1


@pytest.mark.parametrize(
    ("name", "data"), [("a.ndjson", b'"x"\n' * 50_000), ("a.csv", b"sql\n" + b"x\n" * 50_000), ("a.sql", b"SELECT 1;")]
)
def test_what_is_read_is_counted(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    tap = Tap()
    found = list(records(places([tmp_path / name], tmp_path), ReadOptions(tap=tap)))
    assert len(found) in (1, 50_000)
    assert (tap.items, tap.bytes) == (1, len(data))
    assert tap.busy_s > 0


def test_waiting_for_a_pipe_is_time_of_reading(tmp_path: Path) -> None:
    pipe = tmp_path / "a.ndjson"
    os.mkfifo(pipe)

    def late() -> None:
        with pipe.open("wb") as file:
            file.write(b'"x"\n')
            file.flush()
            threading.Event().wait(0.05)
            file.write(b'"y"\n')

    writer = threading.Thread(target=late)
    writer.start()
    tap = Tap()
    with tap.open(pipe) as file:
        assert file.readline() == b'"x"\n'
        before = tap.busy_s
        assert file.readlines() == [b'"y"\n']
    writer.join()
    assert tap.bytes == 8
    assert tap.busy_s > before
