from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import pytest

from perftool.batch.api import Record
from perftool.batch.lines import Ndjson, Sink
from perftool.batch.resuming import read
from perftool.errors import OutputError, UsageError
from perftool.workers.api import Job
from perftool.workers.local import LocalExecutor
from tests.batch.kit import WORKED, Ran

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.batch.runner import Run


def crew(**options: object) -> LocalExecutor:
    return LocalExecutor(Job("tests.batch.jobs:make"), workers=2, **options)  # type: ignore[arg-type]


def test_every_item_has_its_line_in_order() -> None:
    ran = Ran(["a", Record(None, "b.sql", 7, problem="is torn"), "bad", " ", Record("c", id="x")])
    assert ran.values("number") == [0, 1, 2, 3, 4]
    assert ran.values("status") == ["ok", "unreadable", "failed", "unreadable", "ok"]
    assert ran.values("result") == ["A", None, None, None, "C"]
    assert ran.values("error") == ["", "is torn", "no good", "is empty", ""]
    assert ran.lines[2]["error_line"] == 1
    assert (ran.lines[4]["id"], ran.lines[1]["path"], ran.lines[1]["line"]) == ("x", "b.sql", 7)
    assert ran.totals.statuses == {"ok": 2, "failed": 1, "unreadable": 2}


def test_equal_statements_are_worked_once() -> None:
    ran = Ran(["a", "b", "a", "bad", "a", "bad"])
    assert sorted(WORKED) == ["a", "b", "bad"]
    assert ran.values("repeated") == [False, False, True, False, True, True]
    assert ran.values("status") == ["ok", "ok", "ok", "failed", "ok", "failed"]
    assert (ran.totals.distinct, ran.totals.repeated) == (3, 3)
    Ran(["a", "a"], dedupe=False)
    assert WORKED == ["a", "a"]


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("repeats", [200, 40_000])
def test_repeats_of_a_slow_item_wait_for_it(ordered: bool, repeats: int) -> None:
    texts = ["sleep:0.3", *["sleep:0.3"] * repeats, *("x" * 500 + str(n) for n in range(100))]
    ran = Ran(texts, crew(), ordered=ordered)
    assert sorted(ran.values("number")) == list(range(len(texts)))
    # Of 40,000 repeats not all may wait: nothing behind them is read before the first is done.
    assert (ran.values("number")[0] == 0) == (ordered or repeats == 40_000)
    assert not ordered or ran.values("number") == list(range(len(texts)))
    assert ran.totals.stages.write.depth.highest < 33_000
    assert ran.totals.distinct == 101
    assert ran.totals.cancelled == 0


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("most", [0, 2])
def test_too_many_errors_end_the_run(ordered: bool, most: int) -> None:
    ran = Ran((f"bad{n}" if n % 5 == 4 else f"a{n}" for n in range(1000)), ordered=ordered, most_errors=most)
    assert ran.totals.failed == most + 1
    assert ran.values("number") == list(range(5 * (most + 1)))
    assert ran.totals.stopped


def test_a_time_out_is_begun_again_and_costs_no_other(tmp_path: object) -> None:
    ran = Ran(["a", f"once:{tmp_path}/seen", "b", "sleep:9"], crew(timeout_s=0.4), retry=1)
    assert ran.values("number") == [0, 1, 2, 3]
    assert ran.values("status") == ["ok", "ok", "ok", "timeout"]
    assert ran.values("attempts") == [1, 2, 1, 2]


def test_a_killed_worker_costs_the_guilty_item_only() -> None:
    ran = Ran([*(f"a{n}" for n in range(50)), "die", *(f"b{n}" for n in range(50))], crew())
    assert [one["number"] for one in ran.lines if one["status"] == "killed"] == [50]
    assert ran.totals.statuses == {"ok": 100, "killed": 1}


def test_an_interruption_leaves_whole_lines_to_go_on_with() -> None:
    texts = [f"a{n}" for n in range(40)]

    def interrupting(run: Run) -> Iterator[str]:
        for number, text in enumerate(texts):
            if number == 25:
                run.cancel("interrupted")
            yield text

    first = Ran(interrupting)
    assert first.values("number") == list(range(25))
    assert first.totals.cancelled == 1
    resumed = read(io.BytesIO(first.file.getvalue()), Ndjson(), "r")
    second = Ran(texts, resumed=resumed)
    assert second.values("number") == list(range(25, 40))
    assert len(WORKED) == 15
    assert second.totals.statuses == {"ok": 40}


def test_cut_anywhere_and_gone_on_with_nothing_is_lost_or_done_twice() -> None:
    source = random.Random(5)
    texts = [source.choice(["bad", "a", f"b{n}"]) for n in range(60)]
    whole = Ran(texts)
    data = whole.file.getvalue()
    for cut in [0, len(data), *(source.randrange(len(data)) for _ in range(30))]:
        resumed = read(io.BytesIO(data[:cut]), Ndjson(), "r")
        rest = Ran(texts, resumed=resumed)
        numbers = [n for n in range(60) if resumed.has(n, bytes.fromhex(whole.lines[n]["digest"]))]
        assert numbers + rest.values("number") == list(range(60))
        assert rest.totals.statuses == whole.totals.statuses


def test_a_run_stopped_by_a_failure_goes_on_behind_it() -> None:
    texts = ["a", "bad1", "b", "c", "bad2", "d"]
    first = Ran(texts, most_errors=0)
    assert first.values("number") == [0, 1]
    resumed = read(io.BytesIO(first.file.getvalue()), Ndjson(), "r")
    second = Ran(texts, resumed=resumed, most_errors=0)
    assert second.values("number") == [2, 3, 4]
    assert second.totals.verdict(most_errors=0, strict=False).outcome == "fail"
    last = Ran(texts, resumed=read(io.BytesIO(first.file.getvalue() + second.file.getvalue()), Ndjson(), "r"))
    assert last.totals.verdict(most_errors=0, strict=False).outcome == "warn"


def test_other_input_is_not_gone_on_with() -> None:
    resumed = read(io.BytesIO(Ran(["a", "b"]).file.getvalue()), Ndjson(), "r")
    with pytest.raises(UsageError, match="item 1 differs"):
        Ran(["a", "c"], resumed=resumed)
    with pytest.raises(UsageError, match="item 0 differs"):
        Ran(["a", "b"], resumed=resumed, salt=b"other")
    with pytest.raises(UsageError, match="more items"):
        Ran(["a"], resumed=resumed)


def test_a_full_disk_is_said_by_name() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    sink = Sink(Full(), Ndjson(), name="r.ndjson")
    sink._waiting += b"x"
    with pytest.raises(OutputError, match=r"cannot write r\.ndjson: no space left"):
        sink.flush()


def test_interrupting_while_input_is_waited_for_ends_at_once() -> None:
    def waiting(run: Run) -> Iterator[str]:
        yield "a"
        run.interrupt()

    with pytest.raises(KeyboardInterrupt):
        Ran(waiting)
