from perftool.lint.rules.not_in_with_null import RULE
from tests.lint.kit import clean, finds, places

ORDERS = "CREATE TABLE b (id int PRIMARY KEY, x int NOT NULL, y int);"


def test_a_subquery_that_may_give_null():
    one = finds(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b)")
    assert "b.x" in one.finding.message
    assert "NOT EXISTS" in one.finding.help
    assert places(RULE, "SELECT id FROM a WHERE NOT (x IN (SELECT x FROM b)) AND y = 1") == [
        "NOT (x IN (SELECT x FROM b))"
    ]
    finds(RULE, "DELETE FROM a WHERE k NOT IN (SELECT b.parent FROM b)", "mysql")


def test_null_in_the_list_is_an_error():
    one = finds(RULE, "SELECT id FROM a WHERE x NOT IN (1, NULL)")
    assert one.finding.severity == "error"
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (1, 2)")
    clean(RULE, "SELECT id FROM a WHERE x IN (1, NULL)")


def test_columns_that_are_never_null_in_the_definitions():
    clean(RULE, ORDERS + "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b)")
    finds(RULE, ORDERS + "SELECT id FROM a WHERE x NOT IN (SELECT y FROM b)")
    clean(RULE, "SELECT id FROM a WHERE k NOT IN (SELECT x FROM b)", others={"schema.sql": ORDERS})
    finds(RULE, ORDERS + "SELECT id FROM a WHERE k NOT IN (SELECT b.x FROM c LEFT JOIN b ON b.id = c.b)")


def test_keys_by_their_name():
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT id FROM b)")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT user_id FROM users)")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT s_suppkey FROM supplier)")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT CustomerID FROM Customers)", "tsql")
    clean(RULE, "SELECT 1 FROM a WHERE tx_hash NOT IN (SELECT call_tx_hash FROM burns)")
    clean(RULE, "SELECT 1 FROM a WHERE h NOT IN (SELECT sha256 FROM files)")
    clean(RULE, "SELECT 1 FROM a WHERE tx_id NOT IN (SELECT tx_id FROM burns)", "trino")
    clean(RULE, "SELECT 1 FROM a WHERE t NOT IN (SELECT outer_txid FROM burns)")
    finds(RULE, "SELECT 1 FROM a WHERE t NOT IN (SELECT transaction_id FROM burns)")
    finds(RULE, "SELECT 1 FROM a WHERE t NOT IN (SELECT ctx_id FROM burns)")
    finds(RULE, "SELECT 1 FROM a WHERE h NOT IN (SELECT hashed_by FROM files)")
    finds(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT user_id FROM orders)")
    finds(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT parent_id FROM users)")


def test_conditions_that_let_no_null_pass():
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b WHERE x IS NOT NULL)")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b WHERE NOT x IS NULL)", "mysql")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT b.x FROM b JOIN c ON c.id = b.x)")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b WHERE x > 3)")
    finds(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b WHERE y > 3)")
    finds(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b WHERE x > 3 OR y = 1)")
    finds(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b WHERE x IS DISTINCT FROM 3)")


def test_what_is_computed_is_not_judged():
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT coalesce(x, 0) FROM b)")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT unnest(v) FROM b)")
    clean(RULE, "SELECT id FROM a WHERE (x, y) NOT IN (SELECT x, y FROM b)")
    clean(RULE, "SELECT relname FROM a WHERE x NOT IN (SELECT relname FROM pg_class)")


def test_columns_are_followed_into_common_tables():
    finds(RULE, "WITH c AS (SELECT x AS k FROM b) SELECT id FROM a WHERE x NOT IN (SELECT k FROM c)")
    clean(
        RULE, "WITH c AS (SELECT x AS k FROM b WHERE x IS NOT NULL) SELECT id FROM a WHERE x NOT IN (SELECT k FROM c)"
    )
    clean(RULE, "WITH c AS (SELECT max(x) AS k FROM b) SELECT id FROM a WHERE x NOT IN (SELECT k FROM c)")
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT k FROM (SELECT id AS k FROM b) AS s)")


def test_tests_try_out_such_queries():
    clean(RULE, "SELECT id FROM a WHERE x NOT IN (SELECT x FROM b)", path="src/test/sql/not_in.sql")
    finds(RULE, "SELECT id FROM a WHERE x NOT IN (1, NULL)", path="src/test/sql/not_in.sql")
