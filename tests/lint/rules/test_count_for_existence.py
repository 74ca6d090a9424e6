import pytest

from perftool.lint.rules.count_for_existence import RULE
from tests.lint.kit import clean, finds, fixed, places

SUBQUERY = "(SELECT count(*) FROM orders o WHERE o.user_id = u.id)"


@pytest.mark.parametrize(
    ("test", "word"),
    [
        ("> 0", "EXISTS"),
        (">= 1", "EXISTS"),
        ("<> 0", "EXISTS"),
        ("!= 0", "EXISTS"),
        ("= 0", "NOT EXISTS"),
        ("< 1", "NOT EXISTS"),
    ],
)
def test_a_count_against_nothing_asks_for_existence(test, word):
    sql = f"SELECT u.id FROM users u WHERE {SUBQUERY} {test} AND u.age > 3"
    wanted = SUBQUERY.replace("count(*)", "1")
    assert fixed(RULE, sql) == f"SELECT u.id FROM users u WHERE {word} {wanted} AND u.age > 3"


@pytest.mark.parametrize(
    ("test", "word"), [("0 <", "EXISTS"), ("1 <=", "EXISTS"), ("0 =", "NOT EXISTS"), ("1 >", "NOT EXISTS")]
)
def test_the_number_may_come_first(test, word):
    sql = f"SELECT u.id FROM users u WHERE u.age > 3 AND {test} {SUBQUERY} -- ü"
    wanted = SUBQUERY.replace("count(*)", "1")
    assert fixed(RULE, sql) == f"SELECT u.id FROM users u WHERE u.age > 3 AND {word} {wanted} -- ü"


def test_the_fix_keeps_comments_layout_and_the_case_of_words():
    sql = "select u.id from users u where (\n  select Count( * ) -- all\n  from orders o) /* some */ > 0"
    assert fixed(RULE, sql) == "select u.id from users u where exists (\n  select 1 -- all\n  from orders o) /* some */"
    assert (
        fixed(RULE, "SELECT 1 FROM u WHERE 0<(SELECT count(1) FROM o)")
        == "SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM o)"
    )


def test_conditions_of_every_kind_take_the_fix():
    case = "SELECT CASE WHEN (SELECT count(*) FROM o) > 0 THEN 1 END AS a FROM t"
    assert fixed(RULE, case) == "SELECT CASE WHEN EXISTS (SELECT 1 FROM o) THEN 1 END AS a FROM t"
    having = "SELECT a FROM t GROUP BY a HAVING (SELECT count(*) FROM o WHERE o.a = t.a) = 0 OR max(b) > 3"
    assert "HAVING NOT EXISTS (SELECT 1 FROM o WHERE o.a = t.a) OR max(b) > 3" in fixed(RULE, having)
    join = "SELECT t.a FROM t JOIN u ON u.a = t.a AND (SELECT count(*) FROM o WHERE o.a = t.a) > 0"
    assert fixed(RULE, join).endswith("AND EXISTS (SELECT 1 FROM o WHERE o.a = t.a)")
    assert (
        fixed(RULE, "SELECT (SELECT count(*) FROM o) > 0 AS b FROM t") == "SELECT EXISTS (SELECT 1 FROM o) AS b FROM t"
    )


def test_it_stands_on_the_whole_comparison():
    assert places(RULE, f"SELECT u.id FROM users u WHERE ({SUBQUERY} > 0)") == [f"{SUBQUERY} > 0"]
    found = finds(RULE, "SELECT a FROM t WHERE (SELECT count(*) FROM o WHERE o.x = t.x) > 0").finding
    assert found.help == "EXISTS (SELECT 1 FROM o WHERE o.x = t.x)"


def test_a_count_that_is_the_whole_answer_gets_advice():
    assert not finds(RULE, "SELECT count(*) > 0 AS used FROM orders WHERE user_id = 7").finding.edits
    clean(RULE, "SELECT user_id, count(*) > 0 FROM orders GROUP BY user_id")
    clean(RULE, "SELECT count(*) > 0, max(a) FROM orders")


def test_no_fix_where_the_result_may_not_stand():
    assert not finds(RULE, "SELECT a FROM t WHERE NOT (SELECT count(*) FROM o WHERE o.x = t.x) = 0").finding.edits
    sql = "SELECT a FROM t WHERE NOT (SELECT count(*) FROM o) > 0"
    assert fixed(RULE, sql) == "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM o)"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE (SELECT count(*) FROM o WHERE o.x = t.x) > 1",
        "SELECT a FROM t WHERE (SELECT count(*) FROM o WHERE o.x = t.x) = 1",
        "SELECT a FROM t WHERE (SELECT count(o.y) FROM o WHERE o.x = t.x) > 0",
        "SELECT a FROM t WHERE (SELECT count(DISTINCT o.y) FROM o WHERE o.x = t.x) > 0",
        "SELECT a FROM t WHERE (SELECT count(*) FROM o WHERE o.x = t.x GROUP BY o.y) > 0",
        "SELECT a FROM t WHERE (SELECT count(*) FROM o HAVING count(*) > 3) > 0",
        "SELECT a FROM t WHERE (SELECT count(*) FROM (SELECT 1 FROM o LIMIT 1) s) > 0",
        "SELECT a FROM t WHERE (SELECT count(*) FROM o UNION ALL SELECT 1) > 0",
        "SELECT a FROM t WHERE (SELECT max(o.y) FROM o) > 0",
        "SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 0",
        "SELECT a FROM (SELECT a, count(*) AS n FROM t GROUP BY a) s WHERE n > 0",
    ],
)
def test_other_counts_are_needed(sql):
    clean(RULE, sql)


@pytest.mark.parametrize("dialect", ["mysql", "tsql", "oracle", "sqlite", "bigquery", "snowflake"])
def test_every_dialect_has_exists(dialect):
    assert "EXISTS (SELECT 1 FROM o" in fixed(
        RULE, "SELECT a FROM t WHERE (SELECT COUNT(*) FROM o WHERE o.x = t.x) > 0", dialect
    )


def test_warehouses_count_without_reading_rows():
    clean(RULE, "SELECT IF((SELECT COUNT(*) FROM checked) > 0, ERROR('bad'), NULL)", "bigquery")
    clean(RULE, "SELECT COUNT(*) > 0 FROM checked", "bigquery")
    finds(RULE, "SELECT COUNT(*) > 0 FROM checked")
    finds(RULE, f"SELECT id FROM users u WHERE {SUBQUERY} > 0", "bigquery")


def test_nobody_waits_for_tests():
    clean(RULE, f"SELECT id FROM users u WHERE {SUBQUERY} > 0", path="test/sql/a.sql")
