from __future__ import annotations

import importlib

from perftool.bench.api import SuiteOptions
from perftool.bench.suites.compare_text import SUITE


def test_every_step_of_a_comparison_is_a_case_that_works() -> None:
    cases = list(SUITE.cases(SuiteOptions()))
    assert [(c.case, c.parameters.get("format")) for c in cases] == [
        ("read", None),
        ("compare", None),
        ("render", "text"),
        ("render", "benchstat"),
    ]
    assert not SUITE.default
    read, compare, text, benchstat = (
        getattr(importlib.import_module(c.module or ""), c.factory)(**{**c.arguments, "benchmarks": 5}) for c in cases
    )
    assert read() == 5 * 3
    assert [len(table.rows) for table in compare().tables] == [5, 5, 5]
    assert compare() == compare(), "an operation leaves its inputs as they were"
    assert "regressions" in text()
    assert benchstat().count("vs base") == 3
