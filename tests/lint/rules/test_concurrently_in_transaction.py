from perftool.lint.rules.concurrently_in_transaction import RULE
from tests.lint.kit import clean, finds, places


def test_concurrently_fails_in_a_transaction():
    assert "BEGIN" in finds(RULE, "BEGIN; CREATE INDEX CONCURRENTLY i ON t (a); COMMIT").finding.message
    finds(RULE, "START TRANSACTION; DROP INDEX CONCURRENTLY i; COMMIT")
    finds(RULE, "BEGIN; REINDEX INDEX CONCURRENTLY i; COMMIT")
    finds(RULE, "BEGIN; REINDEX (CONCURRENTLY) TABLE t; COMMIT")
    finds(RULE, "BEGIN; ALTER TABLE t DETACH PARTITION p CONCURRENTLY; COMMIT")


def test_runners_that_wrap_files():
    one = finds(RULE, "CREATE INDEX CONCURRENTLY i ON t (a)", runner={"transaction": "file"})
    assert "runner" in one.finding.message
    finds(RULE, "COMMIT; CREATE INDEX CONCURRENTLY i ON t (a)", runner={"transaction": "file"})
    clean(RULE, "CREATE INDEX CONCURRENTLY i ON t (a)", runner={"transaction": "statement"})


def test_outside_of_a_transaction_it_runs():
    clean(RULE, "CREATE INDEX CONCURRENTLY i ON t (a); DROP INDEX CONCURRENTLY j")
    clean(RULE, "BEGIN; ALTER TABLE t ADD a int; COMMIT; CREATE INDEX CONCURRENTLY i ON t (a)")
    clean(RULE, "BEGIN; CREATE INDEX i ON t (a); COMMIT")


def test_what_may_stand_in_a_transaction():
    clean(RULE, "BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY v; COMMIT")
    clean(RULE, "BEGIN; ALTER TABLE t DETACH PARTITION p FINALIZE; COMMIT")


def test_where_it_stands():
    sql = "BEGIN;\nCREATE INDEX CONCURRENTLY i\n  ON t (größe) WHERE a > 0;\nCOMMIT"
    assert places(RULE, sql) == ["CREATE INDEX CONCURRENTLY i\n  ON t (größe)"]
