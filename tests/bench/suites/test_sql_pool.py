from __future__ import annotations

import importlib

from perftool.bench.api import SuiteOptions
from perftool.bench.suites.sql_pool import SUITE


def test_every_statement_with_every_parser() -> None:
    cases = list(SUITE.cases(SuiteOptions(dialect="mysql")))
    assert len({(c.case, c.parameters["parser"]) for c in cases}) == len(cases) == 20
    assert {c.parameters["parser"] for c in cases} == {"plain", "pooled", "cached", "shared"}
    assert not SUITE.default
    for case in cases[:4]:
        module = importlib.import_module(case.module or "")
        assert getattr(module, case.factory)(**case.arguments)().sql() == "SELECT id, name FROM users"
