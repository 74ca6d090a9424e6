from __future__ import annotations

import importlib
import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from perftool.bench.api import Case, SuiteOptions
from perftool.bench.suites import sql_files
from perftool.bench.suites.sql_files import SUITE, cases_for_path
from perftool.errors import InputError, UsageError
from perftool.sql import samples

if TYPE_CHECKING:
    from pathlib import Path


def run(case: Case) -> None:
    told = json.loads(json.dumps(asdict(case)))
    getattr(importlib.import_module(told["module"]), told["factory"])(**told["arguments"])()


def test_bundled_samples_are_all_usable_in_every_stage() -> None:
    cases, reasons = cases_for_path(samples.folder(), SuiteOptions(stage="all"))
    assert reasons == []
    assert len(cases) == len({(c.case, tuple(c.parameters.items())) for c in cases})
    assert len({c.case for c in cases}) > 30
    assert [c.case for c in SUITE.cases(SuiteOptions())] == [c.case for c in cases if not c.parameters]


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "bigquery", "duckdb", "snowflake"])
def test_samples_are_neutral_between_dialects(dialect: str) -> None:
    _, reasons = cases_for_path(samples.folder(), SuiteOptions(dialect=dialect))
    assert reasons == []


def test_a_file_gives_its_statements_and_the_reasons_for_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text("select 1; select 2;\nselect ((;\nselect '" + "x" * 99 + "';\n  select 3")
    cases, reasons = cases_for_path(path, SuiteOptions(max_statement=50))
    assert [c.case for c in cases] == ["a.sql:1", "a.sql:1:11", "a.sql:4:3"]
    assert [place for place, _ in reasons] == ["a.sql:2", "a.sql:3"]
    assert "over the limit" in reasons[1][1]
    assert not any(str(tmp_path) in f"{c.source} {c.arguments}" for c in cases)
    for case in cases:
        run(case)


def test_many_statements_are_measured_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_files, "MOST_CASES", 3)
    monkeypatch.setattr(sql_files, "MOST_FILES", 2)
    for name in "abc":
        (tmp_path / f"{name}.sql").write_text("select 1; select 2;")
    cases, reasons = cases_for_path(tmp_path, SuiteOptions())
    assert [c.case for c in cases] == ["a.sql", "b.sql"]
    assert cases[0].work == {"B": 16.0, "tokens": 4.0, "statements": 2.0}
    assert reasons == [("1 of 3 files", "only 2 are measured")]
    run(cases[0])


def test_nothing_usable(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select ((")
    assert cases_for_path(tmp_path, SuiteOptions())[0] == []
    with pytest.raises(InputError, match=r"no SQL statement can be measured: a\.sql:1"):
        list(SUITE.cases(SuiteOptions(folder=tmp_path)))
    with pytest.raises(UsageError, match="no such file"):
        cases_for_path(tmp_path / "missing", SuiteOptions())


def test_an_unreadable_file_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes("\ufeffselect 1".encode("utf-32-le"))
    (tmp_path / "b.sql").write_text("select 1")
    cases, reasons = cases_for_path(tmp_path, SuiteOptions())
    assert len(cases) == 1
    assert reasons == [("a.sql", "a.sql is UTF-32")]


def test_every_file_that_gives_no_case_says_why(tmp_path: Path) -> None:
    (tmp_path / "notes.sql").write_text("-- nothing here\n;;\n")
    (tmp_path / "dead.sql").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe.sql")
    cases, reasons = cases_for_path(tmp_path, SuiteOptions())
    assert cases == []
    assert dict(reasons)["notes.sql"] == "it holds no statement"
    assert {place for place, _ in reasons} == {"notes.sql", "dead.sql", "pipe.sql"}
    assert cases_for_path(tmp_path / "pipe.sql", SuiteOptions()) == ([], [("pipe.sql", "not a file")])
    ((place, why),) = cases_for_path(tmp_path / "dead.sql", SuiteOptions())[1]
    assert place == "dead.sql"
    assert "cannot read" in why
