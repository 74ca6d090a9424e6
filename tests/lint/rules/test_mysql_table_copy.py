import pytest

from perftool.lint.rules.mysql_table_copy import RULE
from tests.lint.kit import clean, finds, places

SCHEMA = (
    "CREATE TABLE t (a INT(11), b VARCHAR(50), c ENUM('x','y'), d INT UNSIGNED, e VARCHAR(100) CHARACTER SET utf8mb4)"
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("MODIFY COLUMN a BIGINT", "a goes from int(11) to bigint"),
        ("CHANGE a z BIGINT NOT NULL", "a goes from int(11) to bigint"),
        ("MODIFY a INT UNSIGNED", "a goes from"),
        ("MODIFY b VARCHAR(40)", "b goes from"),
        ("MODIFY b VARCHAR(70)", "b goes from"),
        ("MODIFY b TEXT", "b goes from"),
        ("MODIFY c ENUM('y','x')", "c goes from"),
        ("MODIFY new_one BIGINT UNSIGNED NOT NULL AUTO_INCREMENT", "new_one becomes"),
        ("MODIFY new_one LONGTEXT", "new_one becomes longtext"),
        ("CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "converted"),
        ("DROP PRIMARY KEY", "order of the key"),
        ("ADD COLUMN s INT GENERATED ALWAYS AS (a + 1) STORED", "stored"),
        ("ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id)", "foreign key"),
        ("PARTITION BY HASH (a) PARTITIONS 4", "partition"),
    ],
)
def test_changes_that_copy_the_table(change: str, says: str):
    message = finds(RULE, f"ALTER TABLE t {change}", "mysql", schema=SCHEMA).finding.message
    assert "copies all of t while writes to it wait" in message
    assert says in message


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ADD FULLTEXT INDEX f (b)",
        "CREATE FULLTEXT INDEX f ON t (b)",
        "ALTER TABLE t ADD SPATIAL INDEX g (p), ALGORITHM=INPLACE",
        "ALTER TABLE t ADD COLUMN id INT AUTO_INCREMENT PRIMARY KEY",
    ],
)
def test_changes_that_keep_writers_out(sql: str):
    assert "stops all writes to t" in finds(RULE, sql, "mysql").finding.message


@pytest.mark.parametrize(
    "change",
    [
        "MODIFY a INT NOT NULL",
        "MODIFY b VARCHAR(60)",
        "MODIFY e VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "MODIFY c ENUM('x','y','z')",
        "CHANGE a z INT",
        "MODIFY new_one VARCHAR(255)",
        "MODIFY new_one INT NOT NULL",
        "MODIFY new_one CHAR(36) NULL",
        "CHANGE old_one new_one BIGINT",
        "ADD COLUMN z BIGINT NOT NULL DEFAULT 0 AFTER a",
        "ADD COLUMN v INT GENERATED ALWAYS AS (a + 1) VIRTUAL",
        "ADD INDEX i (a), DROP INDEX j, RENAME COLUMN a TO z",
        "DROP PRIMARY KEY, ADD PRIMARY KEY (a, b)",
        "ALTER COLUMN a SET DEFAULT 5, ENGINE=InnoDB",
        "MODIFY a BIGINT, ALGORITHM=INPLACE",
        "ADD FULLTEXT INDEX f (b), LOCK=NONE",
    ],
)
def test_changes_that_run_beside_writers(change: str):
    clean(RULE, f"ALTER TABLE t {change}", "mysql", schema=SCHEMA)


def test_each_help_names_what_can_do_it():
    assert "gh-ost" in finds(RULE, "ALTER TABLE t DROP PRIMARY KEY", "mysql").finding.help
    key = finds(RULE, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)", "mysql").finding.help
    assert "gh-ost" not in key
    assert "foreign_key_checks = 0" in key


def test_where_nobody_waits():
    clean(RULE, "CREATE TABLE n (a INT); ALTER TABLE n ADD PRIMARY KEY (a), MODIFY a BIGINT NOT NULL", "mysql")
    clean(RULE, "CREATE TEMPORARY TABLE n (a INT); ALTER TABLE n MODIFY a BIGINT", "mysql")
    clean(RULE, "SET FOREIGN_KEY_CHECKS=0; ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)", "mysql")
    clean(RULE, "ALTER TABLE t ALTER COLUMN a TYPE bigint", "postgres")
    clean(RULE, "ALTER TABLE t MODIFY a BIGINT", "mysql", path="migrations/4.down.sql")


def test_each_clause_stands_for_itself():
    sql = "ALTER TABLE t ADD z INT,\n  MODIFY `größe` BIGINT, -- x\n  DROP PRIMARY KEY"
    assert places(RULE, sql, "mysql") == ["MODIFY `größe` BIGINT", "DROP PRIMARY KEY"]


def test_types_that_change_in_the_file():
    sql = "ALTER TABLE t MODIFY a BIGINT; ALTER TABLE t MODIFY a BIGINT NOT NULL"
    assert len(places(RULE, sql, "mysql", schema=SCHEMA)) == 1


def test_saying_the_type_again_is_no_change():
    clean(RULE, "ALTER TABLE t ADD z BIGINT NOT NULL; ALTER TABLE t MODIFY z BIGINT NULL", "mysql")
    clean(RULE, "ALTER TABLE t MODIFY z BIGINT NULL", "mysql", schema="CREATE TABLE t (z BIGINT NOT NULL)")
