from __future__ import annotations

from typing import Any

import msgspec

from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.batch import PRESENT
from tests.render.batch_sample import PAYLOAD
from tests.render.samples import SAMPLES


def blocks(**changes: Any) -> tuple[doc.Block, ...]:
    made = msgspec.structs.replace(SAMPLES["batch"](), payload=msgspec.structs.replace(PAYLOAD, **changes))
    return PRESENT(made, RenderOptions()).blocks


def facts(found: tuple[doc.Block, ...]) -> dict[str, str]:
    [times] = [block for block in found if isinstance(block, doc.KeyValues)]
    return dict(times.items)


def test_both_rates_and_the_latencies_are_told() -> None:
    told = facts(blocks())
    assert told["as seen"] == "6,234 statements/s, 88,988 of them repeated"
    assert told["worked"] == "1,610 distinct statements/s"
    assert told["a statement"] == "p50 410 µs, p90 1.20 ms, p99 6.10 ms, max 20.0 s"


def test_what_came_before_and_what_was_given_up_stands_beside_the_verdict() -> None:
    first = blocks(cancelled=7)[0]
    assert isinstance(first, doc.Banner)
    assert first.aside == "transpile, 20,000 by an earlier run, 7 given up"


def test_outliers_are_explained_and_the_slowest_listed() -> None:
    found = blocks()
    [outliers] = [block for block in found if isinstance(block, doc.Items) and block.title == "far slower than most"]
    assert outliers.items[1].text == "etl/load.sql:7  310 ms: is 96.0 KiB long, 240 times the median"
    section = next(block for block in found if isinstance(block, doc.Section) and block.title == "slowest statements")
    [table] = section.blocks
    assert isinstance(table, doc.Table)
    assert [row.cells[0].text for row in table.rows] == ["etl/daily.sql:90", "etl/load.sql:7", "item 13"]


def test_where_nothing_was_worked_no_rate_is_made_up() -> None:
    found = blocks(distinct=0, latency=None, p50=None, slowest=())
    assert not [block for block in found if isinstance(block, doc.KeyValues)]


def test_a_second_engine_says_how_often_the_first_was_asked() -> None:
    section = blocks(engine="polyglot", second_opinions=41)[-1]
    assert isinstance(section, doc.Section)
    [method] = section.blocks
    assert isinstance(method, doc.KeyValues)
    assert dict(method.items)["engine"] == "polyglot, sqlglot asked about 41 statements that it refused"
