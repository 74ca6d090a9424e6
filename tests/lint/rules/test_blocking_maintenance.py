import pytest

from perftool.lint.rules.blocking_maintenance import RULE
from tests.lint.kit import clean, finds, fixed


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("REFRESH MATERIALIZED VIEW m", "ACCESS EXCLUSIVE lock on m"),
        ("REFRESH MATERIALIZED VIEW app.m WITH DATA", "app.m"),
        ("DROP INDEX i, j CASCADE", "table of i, j"),
        ("REINDEX TABLE t", "writes while t is indexed anew"),
        ("REINDEX DATABASE d", "d"),
        ("VACUUM FULL t", "all of t anew"),
        ("VACUUM (FULL, ANALYZE) t", "all of t anew"),
        ("VACUUM FULL", "the whole database"),
        ("CLUSTER t USING i", "all of t anew"),
        ("ALTER TABLE t DETACH PARTITION p", "ACCESS EXCLUSIVE lock on t"),
        ("LOCK TABLE t", "reads and writes of t"),
        ("LOCK TABLE ONLY t IN SHARE MODE NOWAIT", "keeps all writes of t"),
    ],
)
def test_what_keeps_others_out(sql: str, says: str):
    assert says in finds(RULE, sql).finding.message


@pytest.mark.parametrize(
    "sql",
    [
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "DROP INDEX CONCURRENTLY IF EXISTS i",
        "REINDEX INDEX CONCURRENTLY i",
        "REINDEX (CONCURRENTLY, VERBOSE) TABLE t",
        "VACUUM t",
        "VACUUM (ANALYZE) t",
        "ANALYZE t",
        "ALTER TABLE t CLUSTER ON i",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        "ALTER TABLE t DETACH PARTITION p FINALIZE",
        "ALTER TABLE t ATTACH PARTITION p DEFAULT",
        "LOCK TABLE t IN ROW EXCLUSIVE MODE",
        "LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; REFRESH MATERIALIZED VIEW m",
        "CREATE INDEX i ON t (a); DROP INDEX i",
        "CREATE TABLE t (a int); LOCK TABLE t; CLUSTER t USING i; REINDEX TABLE t",
    ],
)
def test_what_lets_others_pass(sql: str):
    clean(RULE, sql)


def test_other_engines_and_ways_back():
    clean(RULE, "DROP INDEX i ON t", "mysql")
    clean(RULE, "DROP INDEX i", path="migrations/3.down.sql")


def test_fixes_where_nothing_stands_against_them():
    assert fixed(RULE, 'DROP INDEX IF EXISTS "I" -- x') == 'DROP INDEX CONCURRENTLY IF EXISTS "I" -- x'
    assert fixed(RULE, "REINDEX (VERBOSE) TABLE t") == "REINDEX (VERBOSE) TABLE CONCURRENTLY t"
    schema = "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON m (a)"
    assert fixed(RULE, "REFRESH MATERIALIZED VIEW m", schema=schema) == "REFRESH MATERIALIZED VIEW CONCURRENTLY m"


def test_advice_where_something_does():
    assert not finds(RULE, "BEGIN; DROP INDEX i; COMMIT").finding.edits
    assert not finds(RULE, "DROP INDEX i CASCADE").finding.edits
    assert not finds(RULE, "REINDEX TABLE t", runner={"transaction": "file"}).finding.edits
    partial = "CREATE UNIQUE INDEX i ON m (a) WHERE a > 0; CREATE UNIQUE INDEX j ON m (lower(b))"
    assert "unique index" in finds(RULE, "REFRESH MATERIALIZED VIEW m", schema=partial).finding.help
    assert not finds(RULE, "REFRESH MATERIALIZED VIEW m", schema=partial).finding.edits
