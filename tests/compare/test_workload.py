from __future__ import annotations

from perftool.compare import workload


def test_generated_text_is_always_the_same_and_of_the_size_asked_for() -> None:
    text = workload.text(3, 4)
    assert text == workload.text(3, 4)
    assert text.count(b"\nBenchmark") == 12
    assert text != workload.text(3, 4, shift=1.03)


def test_the_sides_differ_by_what_they_should() -> None:
    payload = workload.make_compare(4, 10)()
    changes = [row.cells[1].change for row in payload.tables[0].rows if row.cells[1] is not None]
    assert all(change is not None and 0.01 < (change.ratio or 0) < 0.05 for change in changes)
