from perftool.lint.rules.long_lock_window import RULE
from tests.lint.kit import clean, finds, places

ALTER = "ALTER TABLE t ADD COLUMN a int"


def test_a_backfill_under_the_lock():
    one = finds(RULE, f"BEGIN; {ALTER}; UPDATE t SET a = 1 WHERE a IS NULL; COMMIT")
    assert "keeps t locked (ACCESS EXCLUSIVE)" in one.finding.message
    assert places(RULE, f"BEGIN;\n{ALTER};\n\nUPDATE u SET ä = 1;\nUPDATE v SET b = 2;\nCOMMIT") == [
        "UPDATE u SET ä = 1"
    ]
    finds(RULE, f"BEGIN; {ALTER}; INSERT INTO u (a) SELECT a FROM v; COMMIT")
    finds(RULE, f"{ALTER}; DELETE FROM u", runner={"transaction": "file"})


def test_validating_under_the_lock():
    sql = "BEGIN; ALTER TABLE t ADD CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c; COMMIT"
    assert "every row of t is checked" in finds(RULE, sql).finding.message


def test_a_second_table():
    sql = f"BEGIN; {ALTER}; ALTER TABLE u ADD b int; ALTER TABLE v ADD c int; COMMIT"
    assert places(RULE, sql) == ["ADD b int"]
    one = finds(RULE, sql)
    assert "deadlock" in one.finding.message
    assert one.finding.severity == "info"


def test_each_transaction_counts_for_itself():
    clean(RULE, f"{ALTER}; UPDATE t SET a = 1; ALTER TABLE u ADD b int")
    clean(RULE, f"BEGIN; {ALTER}; COMMIT; UPDATE t SET a = 1; BEGIN; ALTER TABLE u ADD b int; COMMIT")
    clean(RULE, f"BEGIN; UPDATE t SET a = 1; {ALTER}; COMMIT")
    clean(RULE, f"BEGIN; {ALTER}; ROLLBACK; BEGIN; UPDATE t SET a = 1; COMMIT")


def test_little_work_is_fine():
    clean(RULE, f"BEGIN; {ALTER}; UPDATE settings SET v = 2 WHERE k = 'version'; COMMIT")
    clean(RULE, f"BEGIN; {ALTER}; INSERT INTO log (a) VALUES (1), (2); COMMIT")
    clean(RULE, f"BEGIN; {ALTER}; ALTER TABLE t ADD b int; CREATE INDEX i ON u (a); COMMIT")
    clean(RULE, "BEGIN; CREATE INDEX i ON t (a); UPDATE t SET a = 1; COMMIT")


def test_where_nobody_waits():
    clean(RULE, f"BEGIN; CREATE TABLE t (b int); {ALTER}; UPDATE t SET a = 1; ALTER TABLE u ADD b int; COMMIT")
    clean(RULE, f"BEGIN; {ALTER}; CREATE TEMP TABLE x (b int); UPDATE x SET b = 1; COMMIT")
    clean(RULE, "BEGIN; DROP TABLE t; DROP TABLE u; UPDATE v SET a = 1; COMMIT")
    clean(RULE, f"BEGIN; {ALTER}; UPDATE t SET a = 1; COMMIT", path="migrations/1.down.sql")
    clean(RULE, f"BEGIN; {ALTER}; UPDATE t SET a = 1; COMMIT", "mysql")


def test_the_columns_of_an_enum_change_together():
    make = "CREATE TYPE \"Kind_new\" AS ENUM ('a', 'b')"
    one = 'ALTER TABLE t ALTER COLUMN kind TYPE "Kind_new"[] USING (kind::text::"Kind_new"[])'
    other = 'ALTER TABLE u ALTER COLUMN kind SET DATA TYPE "Kind_new" USING (kind::text::"Kind_new")'
    swap = f'{one}; {other}; ALTER TYPE "Kind_new" RENAME TO "Kind"'
    clean(RULE, f"BEGIN; {make}; {swap}; COMMIT")
    clean(RULE, f"{make}; BEGIN; {swap}; COMMIT")
    clean(RULE, "BEGIN; CREATE TYPE app.k AS ENUM ('a'); ALTER TABLE t ALTER c TYPE app.k; "
                "ALTER TABLE u ALTER c TYPE app.k ARRAY; COMMIT")  # fmt: skip
    finds(RULE, f"BEGIN; {swap}; COMMIT")
    assert places(RULE, f"BEGIN; {make}; {swap}; ALTER TABLE v ADD b int; COMMIT") == ["ADD b int"]
    finds(RULE, f"BEGIN; {make}; {one}; ALTER TABLE u ALTER COLUMN kind TYPE text; COMMIT")
