# ruff: noqa: E501  cases read best in one line each
from __future__ import annotations

import pytest

from tests.sql.ddl.kit import lines, read, texts


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("CREATE TABLE t (a int)", "postgres", "CreateTable(table=t, columns=[Column(name=a, type=int)])"),
        ("CREATE TEMP TABLE IF NOT EXISTS s.t (a int) ON COMMIT DROP", "postgres",
         "CreateTable(table=s.t, columns=[Column(name=a, type=int)], temporary=True, if_not_exists=True)"),
        ("CREATE UNLOGGED TABLE t AS SELECT 1 AS a", "postgres", "CreateTable(table=t, unlogged=True, from_query=True)"),
        ("CREATE TABLE t (LIKE s.u INCLUDING ALL)", "postgres", "CreateTable(table=t, like=s.u)"),
        ("CREATE TABLE p PARTITION OF t FOR VALUES FROM (1) TO (2)", "postgres", "CreateTable(table=p, partition_of=t)"),
        ("CREATE TABLE t (a int) PARTITION BY RANGE (a, date(b))", "postgres",
         "CreateTable(table=t, columns=[Column(name=a, type=int)], partition_by=[a, b])"),
        ("CREATE TABLE #t (a int)", "tsql", "CreateTable(table=#t, columns=[Column(name=a, type=int)], temporary=True)"),
        ("CREATE TABLE t (a INT, KEY k (a), FULLTEXT KEY f (b)) ENGINE=InnoDB", "mysql",
         "CreateTable(table=t, columns=[Column(name=a, type=int)], indexes=[Index(name=k, columns=[IndexColumn(name=a)]), "
         "Index(name=f, columns=[IndexColumn(name=b)], method=fulltext)])"),
        ("CREATE FOREIGN TABLE t (a int) SERVER s", "postgres",
         "CreateTable(table=t, columns=[Column(name=a, type=int)], external=True)"),
        ("CREATE TABLE d.t (a INT64) PARTITION BY DATE(ts) CLUSTER BY a, b", "bigquery",
         "CreateTable(table=d.t, columns=[Column(name=a, type=int64)], partition_by=[ts], cluster_by=[a, b])"),
        ("CREATE OR REPLACE TABLE t CLONE s.u", "snowflake", "CreateTable(table=t, like=s.u)"),
    ],
)  # fmt: skip
def test_tables(sql: str, dialect: str, expected: str):
    assert lines(sql, dialect) == [expected]


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("CREATE INDEX ON t (a)", "postgres", "CreateIndex(table=t, index=Index(columns=[IndexColumn(name=a)]))"),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING gin (lower(a) DESC, b gin_trgm_ops) "
         "INCLUDE (c) WITH (fillfactor = 70) WHERE d > 0", "postgres",
         "CreateIndex(table=s.t, index=Index(name=i, columns=[IndexColumn(name=, expression=lower(a)), "
         "IndexColumn(name=b, opclass=gin_trgm_ops)], include=[c], unique=True, method=gin, where=d > 0), "
         "concurrently=True, if_not_exists=True, only=True, options=[fillfactor=70])"),
        ("CREATE FULLTEXT INDEX f ON t (a(20)) ALGORITHM=INPLACE LOCK=NONE", "mysql",
         "CreateIndex(table=t, index=Index(name=f, columns=[IndexColumn(name=a, length=20)], method=fulltext), "
         "options=[algorithm=inplace, lock=none])"),
    ],
)  # fmt: skip
def test_indexes(sql: str, dialect: str, expected: str):
    assert lines(sql, dialect) == [expected]


def test_where_concurrently_would_go():
    sql = "CREATE UNIQUE  INDEX  i ON t (a)"
    (action,) = read(sql)
    assert sql[: action.keyword_end] == "CREATE UNIQUE  INDEX"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE OR REPLACE VIEW s.v AS SELECT 1", ["CreateOther(kind=view, name=s.v)"]),
        ("CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1", ["CreateOther(kind=materialized view, name=m)"]),
        ("CREATE EXTENSION IF NOT EXISTS citext", ["CreateOther(kind=extension, name=citext)"]),
        ("CREATE TYPE mood AS ENUM ('a')", ["CreateOther(kind=type, name=mood)"]),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ DROP TABLE t $$",
         ["CreateOther(kind=function, name=f)", "Call(verb=create function)"]),
        ("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()",
         ["CreateOther(kind=trigger, name=g)", "Call(verb=create trigger)"]),
    ],
)  # fmt: skip
def test_everything_else(sql: str, expected: list[str]):
    assert lines(sql) == expected


def test_where_they_stand():
    assert texts("CREATE TABLE IF NOT EXISTS ä.b (c int)") == ["CREATE TABLE IF NOT EXISTS ä.b"]
    assert texts("CREATE INDEX i ON t (ü) WHERE a") == ["CREATE INDEX i ON t (ü)"]
