"""What is shown of a stream."""

from __future__ import annotations

import msgspec

from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.query_stream import PRESENT
from tests.render.samples import SAMPLES


def blocks(**changes: object) -> list[doc.Block]:
    made = SAMPLES["query-stream"]()
    payload = msgspec.structs.replace(made.payload, **changes)  # type: ignore[type-var]
    return list(PRESENT(msgspec.structs.replace(made, payload=payload), RenderOptions()).blocks)


def figures(**changes: object) -> dict[str, str]:
    return dict(next(block for block in blocks(**changes) if isinstance(block, doc.KeyValues)).items)


def test_path_rate_and_memory_are_shown() -> None:
    shown = figures()
    assert shown["path"] == "cursor (chunked rows)"
    assert shown["rate"].startswith("176,367 rows/s")
    assert shown["memory"].startswith("3.79 MiB")


def test_why_a_faster_path_was_not_taken_is_said() -> None:
    items = next(block for block in blocks() if isinstance(block, doc.Items))
    assert [item.text for item in items.items] == [
        "copy: column span is interval, which the engine writes in other words"
    ]
    assert not any(isinstance(block, doc.Items) for block in blocks(fallbacks=()))


def test_what_was_not_measured_is_not_shown() -> None:
    assert set(figures(seconds=0.0, first_row_s=None, peak_bytes=None)) == {"path", "time"}
