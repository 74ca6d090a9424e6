from __future__ import annotations

import importlib
import json
from dataclasses import asdict

import pytest

from perftool.bench import parallel
from perftool.bench.api import SuiteOptions
from perftool.bench.suites.workers import STATEMENTS, SUITE, counts
from perftool.errors import InputError
from perftool.sql.dialects import canonical
from perftool.sql.parsing import Engine


def test_a_case_for_every_number_of_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perftool.bench.suites.workers._cores", lambda: 6)
    cases = list(SUITE.cases(SuiteOptions()))
    assert [c.parameters for c in cases] == [{"workers": str(n)} for n in (1, 2, 3, 4, 6)]
    assert not SUITE.default
    assert not any(c.cpu_bound for c in cases), "the workers' CPU time is not this process's: wall time decides"
    assert {c.work["statements"] for c in cases} == {STATEMENTS}
    (first, *_) = SUITE.cases(SuiteOptions(dialect="mysql"))
    assert first.parameters == {"workers": "1", "dialect": "mysql"}


def test_numbers_of_workers_stay_few() -> None:
    assert counts(1) == [1]
    assert counts(2) == [1, 2]
    assert counts(8) == [1, 2, 3, 4, 8]
    assert counts(24) == [1, 2, 3, 4, 8, 16, 24]
    assert counts(64)[-1] == 64


def test_a_case_runs_as_the_harness_runs_it() -> None:
    told = json.loads(json.dumps(asdict(next(iter(SUITE.cases(SuiteOptions()))))))
    module = importlib.import_module(told["module"])
    values = {**told["arguments"], "count": 40}
    given = getattr(module, told["setup"])(values["workers"], values["dialect"])
    try:
        operation = getattr(module, told["factory"])(**values, **given)
        assert operation() == 40
        assert given["executor"].metrics().items == 80
    finally:
        getattr(module, told["teardown"])(given["executor"])


@pytest.mark.parametrize("dialect", ["", "postgres", "mysql", "bigquery", "snowflake", "duckdb", "tsql"])
def test_statements_are_distinct_and_parse_everywhere(dialect: str) -> None:
    found = list(parallel.statements(70))
    assert len(set(found)) == 70
    engine = Engine(canonical(dialect))
    assert all(len(engine.parse(text)) == 1 for text in found)


def test_what_does_not_parse_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "statements", lambda count: ["select ((("] * count)
    given = parallel.start_workers(1, "")
    try:
        with pytest.raises(InputError, match="generic SQL"):
            parallel.parse_all(1, 3, "", **given)
    finally:
        parallel.end_workers(**given)
