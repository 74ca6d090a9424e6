from __future__ import annotations

import msgspec

from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.doctor import PRESENT
from tests.render.samples import SAMPLES


def blocks(**changes: object) -> list[doc.Block]:
    made = SAMPLES["doctor"]()
    payload = msgspec.structs.replace(made.payload, **changes)  # type: ignore[type-var]
    return list(PRESENT(msgspec.structs.replace(made, payload=payload), RenderOptions()).blocks)


def test_every_check_has_its_row_and_state() -> None:
    table = next(block for block in blocks() if isinstance(block, doc.Table))
    assert [row.cells[0].text for row in table.rows] == ["ok", "failed", "missing", "limited"]
    assert [row.cells[0].tone for row in table.rows] == ["good", "bad", "muted", "warn"]


def test_what_to_do_is_said_of_what_does_not_work() -> None:
    items = next(block for block in blocks() if isinstance(block, doc.Items)).items
    assert [item.text.partition(",")[0] for item in items] == ["memray with gdb", "memray with lldb", "perf"]
    assert items[0].text.endswith("sudo apt-get install lldb")


def test_nothing_tried_is_said() -> None:
    assert any(isinstance(block, doc.Note) and "nothing was tried" in block.text for block in blocks(checks=()))
