import pytest

from perftool.lint.rules.limit_without_order import RULE
from tests.lint.kit import clean, finds, places


def test_pages_need_an_order():
    one = finds(RULE, "SELECT id FROM t LIMIT 10 OFFSET 20")
    assert "repeat" in one.finding.message
    assert one.finding.severity is None
    finds(RULE, "SELECT * FROM t LIMIT 20, 10", "mysql")
    finds(RULE, "SELECT id FROM t OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY", "oracle")
    clean(RULE, "SELECT id FROM t ORDER BY id LIMIT 10 OFFSET 20")


def test_a_query_that_is_cut_off_is_info():
    one = finds(RULE, "SELECT id FROM t LIMIT 10")
    assert one.finding.severity == "info"
    assert places(RULE, "SELECT id FROM t LIMIT 10") == ["LIMIT 10"]
    assert places(RULE, "SELECT TOP 10 id FROM t", "tsql") == ["TOP 10"]
    assert places(RULE, "SELECT TOP (10) id FROM t", "tsql") == ["TOP (10)"]
    finds(RULE, "SELECT id FROM t LIMIT $1")


def test_rows_that_are_kept_or_read_further():
    assert finds(RULE, "INSERT INTO r (id) SELECT id FROM t LIMIT 10").finding.severity is None
    finds(RULE, "CREATE VIEW newest AS SELECT id FROM t LIMIT 10")
    finds(RULE, "SELECT id, max(x) FROM (SELECT id, x FROM t LIMIT 10) s GROUP BY id")
    finds(RULE, "WITH top AS (SELECT id FROM t LIMIT 10) SELECT id FROM u JOIN top USING (id)")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t LIMIT 10",
        "SELECT id FROM t LIMIT 0",
        "SELECT id FROM t LIMIT 1",
        "SELECT id FROM t LIMIT ALL",
        "SELECT id FROM t FETCH FIRST ROW ONLY",
        "SELECT 1 FROM u WHERE EXISTS (SELECT id FROM t LIMIT 10)",
        "SELECT x FROM u WHERE id IN (SELECT id FROM t LIMIT 10)",
        "DELETE FROM t WHERE id IN (SELECT id FROM t WHERE old LIMIT 1000)",
        "WITH batch AS (SELECT id FROM t LIMIT 1000) UPDATE t SET a = 1 FROM batch WHERE t.id = batch.id",
        "SELECT id FROM jobs WHERE new LIMIT 10 FOR UPDATE SKIP LOCKED",
        "SELECT count(*), max(id) FROM t LIMIT 10",
        "SELECT count(*) FROM (SELECT id FROM t LIMIT 1000) s",
        "SELECT id FROM t TABLESAMPLE SYSTEM (1) LIMIT 10",
        "SELECT id FROM (SELECT id FROM t ORDER BY x) s LIMIT 10",
        "SELECT n FROM generate_series(1, 100) AS n LIMIT 10",
        "CREATE TABLE t_sample AS SELECT id FROM t LIMIT 1000",
        "SELECT 1 LIMIT 5",
    ],
)
def test_where_any_row_will_do(sql):
    clean(RULE, sql)


def test_numbers_from_any_table():
    clean(RULE, "SELECT TOP (24) ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS n FROM sys.all_objects", "tsql")


def test_other_dialects_and_places():
    clean(RULE, "SELECT id FROM t LIMIT 2 BY k", "clickhouse")
    clean(RULE, "SELECT id FROM t SORT BY id LIMIT 10", "spark")
    clean(RULE, "SELECT id FROM t LIMIT 10 OFFSET 20", path="tests/a.sql")
    finds(RULE, "SELECT id FROM t UNION ALL SELECT id FROM u LIMIT 10")
    clean(RULE, "SELECT id FROM t UNION ALL SELECT id FROM u ORDER BY id LIMIT 10")
