import pytest

from perftool.lint.rules.blocking_maintenance import RULE
from tests.lint.kit import clean, finds, fixed, found, places


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


@pytest.mark.parametrize(
    "change",
    ["DROP COLUMN a", "ADD COLUMN c int", "ALTER COLUMN b DROP NOT NULL", "RENAME a TO c", "DROP CONSTRAINT x"],
)
def test_a_table_that_the_file_locks_anyway(change: str):
    schema = "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a)"
    clean(RULE, f"ALTER TABLE t {change}; DROP INDEX i", schema=schema)
    clean(RULE, f"DROP INDEX i; ALTER TABLE public.t {change}", schema=schema)
    finds(RULE, f"DROP INDEX i; ALTER TABLE v {change}", schema=schema)
    finds(RULE, f"DROP INDEX i; ALTER TABLE other.t {change}", schema=schema.replace(" t ", " public.t "))
    finds(RULE, f"ALTER TABLE t {change}; DROP INDEX j", schema=schema)


def test_weaker_locks_and_unclear_tables_do_not_count():
    schema = "CREATE TABLE t (a int); CREATE INDEX i ON t (a)"
    finds(RULE, "DROP INDEX i; CREATE INDEX j ON t (a); ALTER TABLE t ALTER a SET STATISTICS 9", schema=schema)
    finds(
        RULE,
        "DROP INDEX i; ALTER TABLE t DROP a",
        schema=f"{schema}; CREATE TABLE s.u (a int); CREATE INDEX i ON s.u (a)",
    )
    # Which table an index was on is known although a later file drops both.
    others = {"1.sql": schema, "3.sql": "DROP TABLE t"}
    clean(RULE, "DROP INDEX i; ALTER TABLE t DROP a", path="2.sql", others=others)
    assert found(RULE, "DROP INDEX i, j; ALTER TABLE t DROP a", schema=schema)[0].finding.message.startswith(
        "takes an ACCESS EXCLUSIVE lock on the table of j:"
    )


def test_a_transaction_keeps_its_locks():
    schema = "; ".join(f"CREATE INDEX {name} ON {name[0]} (x)" for name in ("t1", "t2", "t3", "u1", "u2", "u3"))
    dropped = "DROP INDEX t1; DROP INDEX u1, u2;\nDROP INDEX t2; DROP INDEX t3"
    assert places(RULE, f"BEGIN; {dropped}; COMMIT; BEGIN; DROP INDEX u3; COMMIT", schema=schema) == [
        "DROP INDEX t1", "DROP INDEX u1, u2", "DROP INDEX u3",
    ]  # fmt: skip
    first, second = found(RULE, dropped, schema=schema, runner={"transaction": "file"})
    assert "the table of t1 and 2 more indexes: it waits" in first.finding.message
    assert "the table of u1, u2: it waits" in second.finding.message
    finds(RULE, "BEGIN; DROP INDEX x1; DROP INDEX x2; COMMIT", count=2)


def test_many_indexes_of_a_table_are_one_plan():
    names = ("t1", "t2", "t3", "u1", "u2")
    schema = "; ".join(f"CREATE INDEX {name} ON {name[0]} (x)" for name in names)
    many, first, second = found(RULE, "; ".join(f"DROP INDEX {name}" for name in names), schema=schema)
    assert "the table of t1 and 2 more indexes: it waits" in many.finding.message
    assert not many.finding.edits
    assert "each index alone" in many.finding.help
    assert "more" not in first.finding.message + second.finding.message
    # Of two each waits for itself and has its fix.
    assert fixed(RULE, "DROP INDEX u1; DROP INDEX u2", schema=schema).count("CONCURRENTLY") == 2
    # What no project defines is of no table that is known, and what the file made itself does not count.
    finds(RULE, "DROP INDEX x1; DROP INDEX x2; DROP INDEX x3", count=3)
    finds(RULE, "DROP INDEX t1; DROP INDEX t2; CREATE INDEX t3 ON t (x); DROP INDEX t3", count=2, schema=schema)


def test_what_a_way_back_drops_is_not_told_with_the_way_there():
    schema = "; ".join(f"CREATE INDEX {name} ON t (x)" for name in ("t1", "t2", "t3"))
    sql = "-- +migrate Up\nDROP INDEX t1;\n-- +migrate Down\nDROP INDEX t2;\nDROP INDEX t3;\n"
    assert "more" not in finds(RULE, sql, schema=schema).finding.message


def test_nobody_waits_for_tests():
    for sql in ("DROP INDEX i", "REINDEX DATABASE d", "VACUUM FULL t", "ALTER TABLE t DETACH PARTITION p"):
        clean(RULE, sql, path="tests/sql/a.sql")
