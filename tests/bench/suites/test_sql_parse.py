from __future__ import annotations

import importlib
import json
from dataclasses import asdict

import pytest

from perftool.bench.api import SuiteOptions
from perftool.bench.suites.sql_parse import SUITE
from perftool.errors import UsageError


def test_five_plain_cases_by_default() -> None:
    cases = list(SUITE.cases(SuiteOptions()))
    assert [c.case for c in cases] == ["SimpleSelect", "ComplexQuery", "WindowFunction", "CTE", "Insert"]
    assert all(c.suite == "sql-parse" and c.parameters == {} and c.cpu_bound for c in cases)
    assert cases[0].work == {"B": 26.0, "tokens": 6.0, "statements": 1.0}
    assert SUITE.default


def test_all_stages_are_told_apart() -> None:
    cases = list(SUITE.cases(SuiteOptions(stage="all", dialect="postgresql")))
    keys = {(c.case, tuple(c.parameters.items())) for c in cases}
    assert len(keys) == len(cases) == 25
    assert all(c.parameters["dialect"] == "postgres" for c in cases)


@pytest.mark.parametrize("stage", ["parse", "fingerprint"])
def test_cases_are_built_from_plain_values(stage: str) -> None:
    for case in SUITE.cases(SuiteOptions(stage=stage)):
        told = json.loads(json.dumps(asdict(case)))
        assert getattr(importlib.import_module(told["module"]), told["factory"])(**told["arguments"])()


def test_unknown_stage_and_dialect() -> None:
    for options in (SuiteOptions(stage="guess"), SuiteOptions(dialect="klingon")):
        with pytest.raises(UsageError):
            list(SUITE.cases(options))
