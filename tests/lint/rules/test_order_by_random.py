import pytest

from perftool.lint.rules.order_by_random import RULE
from tests.lint.kit import clean, finds, places


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("SELECT id FROM t ORDER BY random() LIMIT 5", "postgres"),
        ("SELECT id FROM t ORDER BY gen_random_uuid() LIMIT 5", "postgres"),
        ("SELECT id FROM t ORDER BY RAND() LIMIT 5", "mysql"),
        ("SELECT id FROM t ORDER BY RAND(42) LIMIT 5", "mysql"),
        ("SELECT TOP 5 id FROM t ORDER BY NEWID()", "tsql"),
        ("SELECT TOP 5 id FROM t ORDER BY ABS(CHECKSUM(NEWID()))", "tsql"),
        ("SELECT id FROM t ORDER BY dbms_random.value FETCH FIRST 5 ROWS ONLY", "oracle"),
        ("SELECT id FROM t ORDER BY dbms_random.value() FETCH FIRST 5 ROWS ONLY", "oracle"),
        ("SELECT id FROM t ORDER BY RANDOM() LIMIT 5", "sqlite"),
        ("SELECT id FROM t ORDER BY rand() LIMIT 5", "bigquery"),
        ("SELECT id FROM t ORDER BY random() LIMIT 5", "snowflake"),
        ("SELECT id FROM t ORDER BY rand() LIMIT 5", "clickhouse"),
        ("SELECT t.id FROM t JOIN u ON u.id = t.id WHERE u.a ORDER BY a, random() LIMIT 5", "postgres"),
        ("WITH c AS (SELECT id FROM t WHERE a) SELECT id FROM c ORDER BY random() LIMIT 5", "postgres"),
    ],
)
def test_every_row_is_sorted_to_keep_a_few(sql, dialect):
    assert "sorts every row" in finds(RULE, sql, dialect).finding.message


def test_it_stands_on_the_order_and_knows_the_dialect():
    assert places(RULE, "SELECT 'ß' FROM t\nORDER BY random()\nLIMIT 5") == ["ORDER BY random()"]
    assert "TABLESAMPLE SYSTEM (1) " in finds(RULE, "SELECT id FROM t ORDER BY random() LIMIT 5").finding.help
    assert "TABLESAMPLE" not in finds(RULE, "SELECT id FROM t ORDER BY rand() LIMIT 5", "mysql").finding.help


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM t ORDER BY random()",
        "SELECT id, row_number() OVER (ORDER BY random()) AS n FROM t LIMIT 5",
        "SELECT n FROM generate_series(1, 10) AS n ORDER BY random() LIMIT 5",
        "SELECT a FROM (VALUES (1), (2)) AS v (a) ORDER BY random() LIMIT 1",
        "SELECT unnest(a) AS x ORDER BY random() LIMIT 1",
        "SELECT id FROM t WHERE random() < 0.01 ORDER BY id LIMIT 5",
        'SELECT "random" FROM t ORDER BY "random" LIMIT 5',
        "SELECT id FROM t ORDER BY value LIMIT 5",
        "SELECT id FROM t ORDER BY (SELECT random()) LIMIT 5",
    ],
)
def test_other_orders_are_fine(sql):
    clean(RULE, sql)


def test_nobody_waits_for_tests():
    finds(RULE, "SELECT id FROM t ORDER BY random() LIMIT 5")
    clean(RULE, "SELECT id FROM t ORDER BY random() LIMIT 5", path="testdata/a.sql")
