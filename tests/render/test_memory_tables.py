from __future__ import annotations

from perftool.model.profile import FunctionRow, HeapPoint, ProfilePayload, Ranking
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.memory_tables import memory_blocks


def ranking(kind: str, unit: str, total: float, function: str = "shop.load") -> Ranking:
    row = FunctionRow(
        function=function, own=total / 2, total=total, own_share=0.5, total_share=1.0, file="shop.py", line=7
    )
    return Ranking(kind=kind, unit=unit, total=total, rows=(row,))


RANKINGS = (
    ranking("alloc_objects", "count", 2_000.0),
    ranking("alloc_space", "B", 4e6),
    ranking("peak_space", "B", 3 * 2**20),
    ranking("inuse_space", "B", 0.0),
    ranking("temporary_objects", "count", 500.0),
)
HEAP = tuple(
    HeapPoint(at_s=at / 10, heap_bytes=heap << 20, resident_bytes=30 << 20) for at, heap in enumerate((1, 3, 2))
)


def shown(**changes: object) -> list[doc.Block]:
    fields = {"measures": ("memory",), "rankings": RANKINGS, "heap": HEAP, **changes}
    payload = ProfilePayload(target="shop.py", engine="memray", duration_s=0.2, **fields)  # type: ignore[arg-type]
    return memory_blocks(payload, RenderOptions())


def tables(**changes: object) -> list[list[list[str]]]:
    found = [block for block in shown(**changes) if isinstance(block, doc.Table)]
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in found]


def test_figures_come_in_the_order_of_questions_with_who_accounts_for_them() -> None:
    figures, _ = tables()
    assert [row[0] for row in figures] == [
        "held at the peak",
        "held at the end",
        "allocations",
        "allocated",
        "temporary allocations",
    ]
    assert figures[0][1:] == ["3.00 MiB", "shop.load", "50.0 %", "shop.py:7"]
    assert figures[1][2:] == ["", "", ""]
    assert figures[4][1] == "500 (25.0 % of all)"


def test_memory_over_time_is_a_line_of_characters_and_a_plot() -> None:
    _, curves = tables()
    assert [row[0] for row in curves] == ["held by allocators", "resident"]
    assert curves[0][1:5] == ["1.00 MiB", "3.00 MiB", "100 ms", "2.00 MiB"]
    plot = next(block for block in shown() if isinstance(block, doc.Timelines))
    assert [len(line.points) for line in plot.lines] == [3, 3]
    assert plot.lines[0].points[1].text == "100 ms: 3.00 MiB"
    assert all(line.low <= point.value <= line.high for line in plot.lines for point in line.points)


def test_a_single_point_is_no_curve() -> None:
    assert len(tables(heap=HEAP[:1])) == 1


def test_a_curve_of_the_whole_process_needs_no_heap() -> None:
    flat = tuple(HeapPoint(at_s=at, heap_bytes=0, resident_bytes=1 << 20) for at in range(3))
    assert [row[0] for row in tables(heap=flat)[1]] == ["resident"]


def test_without_memory_there_is_nothing() -> None:
    assert shown(measures=("cpu",)) == []
    assert tables(rankings=(), heap=()) == []
