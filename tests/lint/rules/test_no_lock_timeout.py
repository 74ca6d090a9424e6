from perftool.lint.rules.no_lock_timeout import RULE
from tests.lint.kit import clean, finds, fixed, places


def test_one_finding_for_each_file():
    sql = "CREATE TABLE n (a int);\nALTER TABLE n ADD b int;\nALTER TABLE t ADD b int, ADD c int;\nDROP TABLE u"
    assert places(RULE, sql) == ["ADD b int"]
    assert "an ACCESS EXCLUSIVE lock on t" in finds(RULE, sql).finding.message


def test_locks_by_their_names():
    assert "a SHARE lock on t" in finds(RULE, "REINDEX TABLE t").finding.message
    sql = "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)"
    assert "a SHARE ROW EXCLUSIVE lock on t" in finds(RULE, sql).finding.message
    finds(RULE, "TRUNCATE a")
    finds(RULE, "ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    finds(RULE, "REFRESH MATERIALIZED VIEW v")


def test_views_made_in_the_same_file():
    view = "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a"
    clean(RULE, f"{view}; CREATE UNIQUE INDEX i ON m (a); REFRESH MATERIALIZED VIEW m")
    finds(RULE, "REFRESH MATERIALIZED VIEW m")


def test_weaker_locks_wait_for_nobody():
    clean(RULE, "CREATE INDEX i ON t (a); DROP INDEX j")
    clean(RULE, "CREATE INDEX CONCURRENTLY i ON t (a); ALTER TABLE t VALIDATE CONSTRAINT c; VACUUM t; ANALYZE t")
    clean(RULE, "ALTER TABLE t SET (fillfactor = 70); ALTER TABLE t ALTER COLUMN a SET STATISTICS 500")
    clean(RULE, "CREATE TABLE n (a int REFERENCES t (id)); ALTER TABLE n ADD FOREIGN KEY (a) REFERENCES u (id)")
    clean(RULE, "LOCK TABLE t IN ROW EXCLUSIVE MODE; UPDATE t SET a = 1; ALTER INDEX i RENAME TO j")


def test_limits_that_are_set():
    alter = "ALTER TABLE t ADD b int"
    clean(RULE, f"SET lock_timeout = '2s'; {alter}")
    clean(RULE, f"BEGIN; SET LOCAL lock_timeout TO 500; {alter}; COMMIT")
    clean(RULE, f"SELECT set_config('lock_timeout', '2s', false); {alter}")
    clean(RULE, f"SET statement_timeout = 60000; {alter}")
    clean(RULE, alter, runner={"lock_timeout": "runner"})
    finds(RULE, f"SET lock_timeout = 0; {alter}")
    finds(RULE, f"{alter}; SET lock_timeout = '2s'")


def test_taking_a_migration_back():
    clean(RULE, "ALTER TABLE t DROP b", path="migrations/1.down.sql")


def test_the_fix_stands_before_the_statement():
    assert (
        fixed(RULE, "-- add b\nALTER TABLE t ADD b int")
        == "-- add b\nSET lock_timeout = '2s';\nALTER TABLE t ADD b int"
    )
    assert "SET LOCAL lock_timeout = '2s';\nALTER" in fixed(RULE, "BEGIN;\nALTER TABLE t ADD b int;\nCOMMIT")
