"""Which statements give rows, by their words."""

from __future__ import annotations

import pytest

from perftool.errors import UsageError
from perftool.queries.giving import check_statement, may_write


@pytest.mark.parametrize(
    "sql", ["SELECT 1", " -- delete\nVALUES (1)", "WITH a AS (SELECT 1) SELECT 1", "FROM t", "SHOW x",
            "INSERT INTO t VALUES (1) RETURNING id"],
)  # fmt: skip
def test_what_gives_rows_passes(sql: str) -> None:
    check_statement(sql)


@pytest.mark.parametrize("sql", ["DELETE FROM t", "/* select */ create table t (a int)", "\n(insert into t values (1)"])
def test_what_gives_none_is_refused(sql: str) -> None:
    with pytest.raises(UsageError, match="gives no rows to stream"):
        check_statement(sql)


def test_what_may_write_is_told() -> None:
    assert may_write("WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone")
    assert not may_write("SELECT deleted, replace(name, 'a', 'b') FROM t")
