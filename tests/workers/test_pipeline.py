from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.workers.inline import InlineExecutor
from perftool.workers.pipeline import Pipeline, batch, measurements, stream
from tests.workers.kit import crew
from tests.workers.test_inline import JOB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.workers.api import Outcome


def words(block: str) -> Iterator[bytes]:
    for word in block.split():
        yield b"echo:" + word.encode()


def test_a_batch_and_a_stream_give_the_same() -> None:
    payloads = [b"echo:%d" % n for n in range(300)]
    with crew() as executor:
        together = batch(executor, payloads)
        one_by_one = list(stream(executor, iter(payloads)))
        assert [(o.number, o.result) for o in together] == [(o.number, o.result) for o in one_by_one]
        assert sorted(o.number for o in stream(executor, payloads, ordered=False)) == list(range(300))


@pytest.mark.parametrize("processes", [True, False])
def test_every_stage_is_measured(processes: bool) -> None:
    written: list[Outcome] = []
    with crew() if processes else InlineExecutor(JOB) as executor:
        pipeline = Pipeline(["a bb", "", "ccc"] * 10, words, executor, written.append, size=len)
        read, cut, analysed, wrote = pipeline.run()
    assert [o.result for o in written] == [b"a", b"bb", b"ccc"] * 10
    assert [stage.stage for stage in (read, cut, analysed, wrote)] == ["read", "split", "analyse", "write"]
    assert [stage.items for stage in (read, cut, analysed, wrote)] == [30, 30, 30, 30]
    assert (read.bytes, cut.bytes, analysed.bytes, wrote.bytes) == (70, 60 + 150, 60, 60)
    rows = measurements((read, cut, analysed, wrote), "batch")
    assert len({row.key for row in rows}) == len(rows) == 24
    assert {row.parameters["stage"]: row.values for row in rows if row.unit == "items"} == dict.fromkeys(
        ("read", "split", "analyse", "write"), (30.0,)
    )
    assert not any(row.gates for row in rows)
    assert all(stage.busy_s >= 0 and stage.wait_s >= 0 for stage in (read, cut, analysed, wrote))


def test_a_slow_sink_slows_the_reading() -> None:
    read = written = 0

    def source() -> Iterator[str]:
        nonlocal read
        while read < 400:
            read += 1
            yield "a b c"

    def sink(_: Outcome) -> None:
        nonlocal written
        written += 1
        assert 3 * read - written < 60

    with crew(window_items=50) as executor:
        stages = Pipeline(source(), words, executor, sink).run()
    assert (read, written) == (400, 1200)
    assert 0 < stages[3].queue_max < 60


def test_a_failing_sink_ends_the_workers() -> None:
    def sink(outcome: Outcome) -> None:
        if outcome.number == 3:
            raise OSError("no space left")

    with crew() as executor:
        with pytest.raises(OSError, match="no space"):
            Pipeline(["a b c d e f"], words, executor, sink).run()
        assert len(executor.pids) == 1
