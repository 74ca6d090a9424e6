"""Which functions of a file are benchmarks, with which parameters."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from perftool.bench.harness.listing import functions


def listed(source: str) -> list[dict[str, Any]]:
    module = ModuleType("target")
    exec(compile(source, "target.py", "exec"), vars(module))
    return functions(module)


def test_every_combination_in_the_order_of_definition() -> None:
    found = listed(
        "def bench_b(n, kind): pass\n"
        "bench_b.params = {'n': [1, 2], 'kind': ['x', 'y']}\n"
        "def other(): pass\n"
        "def bench_a(): pass\n"
    )
    assert [(f["case"], f["arguments"]) for f in found] == [
        ("b", {"n": 1, "kind": "x"}),
        ("b", {"n": 1, "kind": "y"}),
        ("b", {"n": 2, "kind": "x"}),
        ("b", {"n": 2, "kind": "y"}),
        ("a", {}),
    ]
    assert [f["line"] for f in found] == [1, 1, 1, 1, 4]


def test_shared_parameters_go_to_those_that_take_them() -> None:
    found = listed(
        "PARAMS = {'n': [1, 2]}\n"
        "def bench_direct(n): pass\n"
        "def setup_through(n): return {'data': n}\n"
        "def bench_through(data): pass\n"
        "def bench_without(): pass\n"
        "def bench_own(n): pass\n"
        "bench_own.params = {'n': [9]}\n"
    )
    numbers = [(f["case"], f["arguments"].get("n")) for f in found]
    assert numbers == [("direct", 1), ("direct", 2), ("through", 1), ("through", 2), ("without", None), ("own", 9)]


def test_waiting_functions_are_judged_by_wall_time() -> None:
    found = listed("async def bench_a(): pass\ndef bench_b(): pass\nbench_b.io = True\ndef bench_c(): pass\n")
    assert [f["cpu_bound"] for f in found] == [False, False, True]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("[1, 2]", "must be a dict of lists"),
        ("{'n': 5}", r"params\['n'\] must be a list"),
        ("{'n': 'abc'}", r"params\['n'\] must be a list"),
        ("{'m': [1]}", "no argument of bench_a"),
        ("{'n': [object()]}", "more than numbers"),
        ("{'n/m': [1]}", "cannot be the name of an argument"),
        ("{5: [1]}", "cannot be the name of an argument"),
    ],
)
def test_wrong_parameters_are_the_reason_of_that_function_only(params: str, message: str) -> None:
    import re

    wrong, fine = listed(f"def bench_a(n): pass\nbench_a.params = {params}\ndef bench_b(): pass\n")
    assert re.search(message, wrong["error"])
    assert fine["arguments"] == {}
