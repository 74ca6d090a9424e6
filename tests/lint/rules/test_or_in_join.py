from perftool.lint.rules.or_in_join import RULE
from tests.lint.kit import clean, finds, places


def join(on: str) -> str:
    return f"SELECT a.id FROM a LEFT JOIN b ON {on}"


def test_an_or_of_keys_tries_all_pairs():
    assert places(RULE, join("a.x = b.x OR a.y = b.y")) == ["a.x = b.x OR a.y = b.y"]
    assert places(RULE, join("b.kind = 1 AND (a.x = b.x OR upper(a.y) = upper(b.y))"), "bigquery") == [
        "a.x = b.x OR upper(a.y) = upper(b.y)"
    ]
    assert places(RULE, join("a.id IN (b.x, b.y) WHERE a.k = 1")) == ["a.id IN (b.x, b.y)"]
    assert (
        "every row of a with every row of b"
        in finds(RULE, join("(a.x = b.x AND a.k = 1) OR a.y = b.y")).finding.message
    )


def test_one_key_is_enough():
    clean(RULE, join("a.k = b.k AND (a.x = b.x OR a.y = b.y)"))
    clean(RULE, join("(a.k = b.k AND a.x = 1) OR (b.k = a.k AND a.y = 2)"))
    clean(RULE, join("a.x = b.x OR (a.x IS NULL AND b.x IS NULL)"))
    clean(RULE, join("a.x = b.x AND (b.kind = 1 OR b.kind = 2)"))
    clean(RULE, join("a.x = b.x OR b.everywhere = 1"))
    clean(RULE, join("a.id IN (1, 2) AND a.x > b.x"))
    clean(RULE, "SELECT 1 FROM a JOIN b ON x = y OR z = w")
    clean(RULE, "SELECT 1 FROM sys.a a JOIN sys.b b ON a.x = b.x OR a.y = b.y", "tsql")


def test_an_index_for_each_branch_looks_rows_up():
    sql = join("a.x = b.x OR a.y = b.y")
    clean(RULE, sql, schema="CREATE TABLE b (x int PRIMARY KEY, y int); CREATE INDEX i ON b (y)")
    finds(RULE, sql, schema="CREATE TABLE b (x int PRIMARY KEY, y int)")
    finds(RULE, sql, "snowflake", schema="CREATE TABLE b (x int PRIMARY KEY, y int UNIQUE)")


def test_the_advice_suits_the_join():
    assert "COALESCE" in finds(RULE, join("a.x = b.x OR a.y = b.y")).finding.help
    three = "SELECT a.x FROM a FULL OUTER JOIN b ON a.x = b.x FULL JOIN c ON a.x = c.x OR b.x = c.x"
    assert "join on COALESCE of their keys" in finds(RULE, three, "trino").finding.help
    assert "UNION" in finds(RULE, join("a.x = b.x OR a.y = b.y").replace("LEFT ", "")).finding.help
