"""A capture survives the way out of the profiled process, and nothing damaged is taken for one."""

from __future__ import annotations

import json

import pytest

from perftool.errors import InputError
from perftool.profiling.capture import CPU, SAMPLES, Builder, Function
from perftool.profiling.raw import capture_of, table_of


def small() -> dict[str, object]:
    builder = Builder((SAMPLES, CPU))
    main = builder.frame(Function("app.main", "app.py", 1), 3)
    work = builder.frame(Function("app.work", "app.py", 7, code="d1"), 9)
    builder.add((main, work), (2, 20_000_000), {"thread": "MainThread"})
    builder.add((main,), (1, 10_000_000))
    return json.loads(json.dumps(table_of(builder.build())))


def test_there_and_back() -> None:
    capture = capture_of(small(), name="t")
    assert table_of(capture) == table_of(capture_of(json.loads(json.dumps(table_of(capture))), name="t"))
    assert capture.total(1) == 30_000_000
    assert capture.function_of(capture.stacks[0][1]) == Function("app.work", "app.py", 7, code="d1")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", 2),
        ("frames", [[7, 1]]),
        ("stacks", [[9]]),
        ("samples", [[5, 0, [1, 1]]]),
        ("samples", [[0, 0, [1]]]),
        ("samples", [[0, 3, [1, 1]]]),
        ("value_types", "cpu"),
        ("default", 5),
    ],
)
def test_damaged_table_is_refused(key: str, value: object) -> None:
    with pytest.raises(InputError, match=r"one\.spool"):
        capture_of({**small(), key: value}, name="one.spool")
