"""The SQL of a program is shown by what it cost, with where it came from, and how it was recorded."""

from __future__ import annotations

from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.statements import PRESENT
from tests.render.samples import SAMPLES


def blocks(*, verbose: bool = False) -> list[doc.Block]:
    return list(PRESENT(SAMPLES["statements"](), RenderOptions(verbose=verbose)).blocks)


def test_the_costliest_statements_stand_in_the_table_with_the_line_that_ran_them() -> None:
    table = next(block for block in blocks() if isinstance(block, doc.Table))
    first, second = ([cell.text for cell in row.cells] for row in table.rows)
    assert first[:3] == ["select orders.id from orders where ? = orde…", "40", "82.1 ms"]
    assert first[-2:] == ["120 (1 failed)", "app.py:21 +1"]
    assert second[-2:] == ["2,000", ""]


def test_what_is_not_shown_is_told_and_verbose_shows_it() -> None:
    (note,) = (block for block in blocks() if isinstance(block, doc.Note))
    assert note.text == "1 more statements: 1 runs in 1.00 ms (--top shows more)"
    table = next(block for block in blocks(verbose=True) if isinstance(block, doc.Table))
    assert len(table.rows) == 3
    assert table.rows[0].cells[0].text == "select orders.id from orders where ? = orders.customer_id"


def test_says_how_it_was_recorded() -> None:
    section = next(block for block in blocks() if isinstance(block, doc.Section))
    (values,) = (block for block in section.blocks if isinstance(block, doc.KeyValues))
    told = dict(values.items)
    assert told["watched"] == "SQLAlchemy 2.1.9, sqlite3 3.40.1"
    assert told["transactions"] == "3, the longest 310 ms"
    assert told["connections out"] == "1 not given back at the end"
