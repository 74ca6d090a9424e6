import pytest

from perftool.lint.rules.filter_without_index import RULE
from tests.lint.kit import clean, finds, places

TABLE = "CREATE TABLE t (id int PRIMARY KEY, a int, b text);\n"


def test_a_column_is_found_once_with_the_number_of_queries():
    sql = (
        TABLE
        + "SELECT id FROM t WHERE a = 1;\nUPDATE t SET b = 'x' WHERE a IN (2, 3);\nSELECT b FROM t AS u WHERE u.a > $1"
    )
    assert "3 queries look rows of t up by a" in finds(RULE, sql).finding.message
    assert places(RULE, sql) == ["a int"]
    assert (
        "1 query looks" in finds(RULE, TABLE, others={"q.sql": "DELETE FROM t WHERE a BETWEEN 1 AND 2"}).finding.message
    )


@pytest.mark.parametrize(
    "more",
    [
        "SELECT id FROM t WHERE id = 1",
        "SELECT id FROM t WHERE a = 1; CREATE INDEX i ON t (a, b)",
        "SELECT id FROM t WHERE a = b",
        "SELECT id FROM t WHERE a = 1 OR b = 'x'",
        "SELECT id FROM t WHERE lower(b) = 'x'",
        "SELECT u.id FROM u JOIN t ON t.id = u.id WHERE a = 1",
        "WITH t AS (SELECT a FROM u) SELECT a FROM t WHERE a = 1",
        "SELECT id FROM t WHERE a = 1; ALTER TABLE t DROP COLUMN a",
    ],
)
def test_indexed_computed_and_foreign_columns_are_fine(more):
    clean(RULE, TABLE + more)


def test_columns_that_come_later_count():
    sql = "ALTER TABLE t ADD COLUMN c int; SELECT id FROM t WHERE t.c = 5"
    assert places(RULE, sql) == ["c int"]


def test_it_runs_only_when_selected():
    assert RULE.sets == {"extra"}
    clean(RULE, TABLE + "SELECT id FROM t WHERE a = 1", "snowflake")
