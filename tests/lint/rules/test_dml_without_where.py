from perftool.lint.rules.dml_without_where import RULE
from tests.lint.kit import clean, finds, places


def test_every_row_is_changed():
    one = finds(RULE, "DELETE FROM s.t")
    assert "every row of s.t" in one.finding.message
    assert "TRUNCATE TABLE s.t" in one.finding.help
    assert places(RULE, "UPDATE é SET a = 1 RETURNING a") == ["UPDATE é"]
    assert "1 = 1" in finds(RULE, "UPDATE t SET a = 1", "tsql").finding.help


def test_sqlite_has_no_truncate():
    sql = "DELETE FROM t"
    assert finds(RULE, sql, "sqlite").finding.help.endswith("WHERE TRUE")
    for path in ("db/1_users.sqlite3.sql", "sqlite/reset.sql", "migrations/1.sqlite.up.sql"):
        assert finds(RULE, sql, path=path).finding.help.endswith("WHERE TRUE"), path
    assert "TRUNCATE" in finds(RULE, sql, path="db/nosqlite3.sql").finding.help


def test_rows_that_are_chosen():
    clean(RULE, "DELETE FROM t WHERE id = 7")
    clean(RULE, "DELETE FROM t WHERE true")
    clean(RULE, "UPDATE t SET a = 1 WHERE 1 = 1")
    clean(RULE, "DELETE FROM t ORDER BY id LIMIT 100", "mysql")
    clean(RULE, "UPDATE t JOIN s ON s.id = t.id SET t.a = s.a", "mysql")
    clean(RULE, "UPDATE x SET a = s.a FROM t AS x JOIN s ON s.id = x.id", "tsql")
    clean(RULE, "DELETE t FROM t JOIN s ON s.id = t.id", "tsql")
    clean(RULE, "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1")
    finds(RULE, "UPDATE t SET a = s.a FROM s")


def test_tables_that_nobody_minds():
    clean(RULE, "CREATE TEMP TABLE x (a int); DELETE FROM x")
    clean(RULE, "CREATE TABLE x (a int); INSERT INTO x (a) VALUES (1); UPDATE x SET a = 2")
    clean(RULE, "DELETE FROM #t", "tsql")
    clean(RULE, "DELETE FROM tmp_orders; DELETE FROM staging.orders; DELETE FROM orders_stg")
    clean(RULE, "UPDATE schema_version SET number = 7")
    clean(RULE, "DELETE FROM t", path="tests/reset.sql")
    clean(RULE, "WITH x AS (DELETE FROM t RETURNING a) INSERT INTO u (a) SELECT a FROM x")


def test_migrations():
    path = "migrations/1.sql"
    assert finds(RULE, "DELETE FROM t", path=path).finding.severity == "warning"
    clean(RULE, "UPDATE t SET a = 1", path=path)
    clean(RULE, "ALTER TABLE t ADD COLUMN a int; UPDATE t SET a = 1")
    finds(RULE, "UPDATE t SET a = 1; ALTER TABLE t ADD COLUMN a int")
    clean(RULE, "DELETE FROM t", path="migrations/1.down.sql")
    assert finds(RULE, "UPDATE t SET a = lower(b)").finding.severity is None


def test_tables_that_are_emptied_for_something():
    clean(RULE, "DELETE FROM dbo.Versions; INSERT INTO dbo.Versions (a) VALUES (1), (2)", "tsql")
    clean(RULE, "DELETE FROM t; CREATE INDEX i ON t (a); INSERT INTO t (a) SELECT a FROM s")
    finds(RULE, "INSERT INTO t (a) VALUES (1); DELETE FROM t")
    finds(RULE, "DELETE FROM t; INSERT INTO u (a) VALUES (1)")
    emptied = "DELETE FROM resets; ALTER TABLE resets ADD COLUMN user_id int {}"
    clean(RULE, emptied.format("NOT NULL REFERENCES users (id)"), path="migrations/1.sql")
    finds(RULE, emptied.format("REFERENCES users (id)"), path="migrations/1.sql")
