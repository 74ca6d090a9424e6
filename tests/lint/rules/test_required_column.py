from perftool.lint.rules.required_column import RULE
from tests.lint.kit import clean, finds, places


def test_rows_that_are_there_get_no_value():
    one = finds(RULE, 'ALTER TABLE app."Users" ADD COLUMN age int NOT NULL')
    assert "fails if app.Users holds any row" in one.finding.message
    assert one.finding.severity is None
    finds(RULE, "ALTER TABLE users ADD age int NOT NULL DEFAULT NULL")
    finds(RULE, "ALTER TABLE users ADD COLUMN id int PRIMARY KEY")


def test_a_statement_fails_once():
    sql = "ALTER TABLE t ADD COLUMN b int,\n  ADD COLUMN a int NOT NULL, ADD COLUMN c text NOT NULL -- ü"
    assert places(RULE, sql) == ["ADD COLUMN a int NOT NULL"]
    assert "a and 1 more are NOT NULL" in finds(RULE, sql).finding.message
    finds(RULE, f"{sql};\nALTER TABLE t ADD COLUMN d int NOT NULL; ALTER TABLE u ADD COLUMN d int NOT NULL", count=2)


def test_tables_of_one_name_in_two_schemas():
    add = "; ALTER TABLE {} ADD COLUMN a int NOT NULL"
    finds(RULE, "TRUNCATE app.t" + add.format("shop.t"))
    clean(RULE, "TRUNCATE app.t, shop.t; INSERT INTO app.t (b) VALUES (1)" + add.format("shop.t"))
    finds(RULE, "TRUNCATE app.t, shop.t; INSERT INTO app.t (b) VALUES (1)" + add.format("app.t"))
    finds(RULE, "TRUNCATE app.t; INSERT INTO t (b) VALUES (1)" + add.format("app.t"))


def test_columns_that_have_a_value_are_fine():
    clean(RULE, "ALTER TABLE t ADD COLUMN a int, ADD b int NOT NULL DEFAULT 0, ADD c text NOT NULL DEFAULT ''")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int DEFAULT 0 NOT NULL, ADD id bigserial")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int GENERATED ALWAYS AS IDENTITY")
    clean(RULE, "ALTER TABLE t ADD COLUMN a int NOT NULL GENERATED ALWAYS AS (b + 1) STORED")


def test_tables_without_rows_are_fine():
    clean(RULE, "CREATE TABLE t (b int); ALTER TABLE t ADD COLUMN a int NOT NULL")
    clean(RULE, "TRUNCATE app.t; ALTER TABLE t ADD COLUMN a int NOT NULL")
    clean(RULE, "DELETE FROM t; ALTER TABLE t ADD COLUMN a int NOT NULL")
    finds(RULE, "DELETE FROM t WHERE b = 1; ALTER TABLE t ADD COLUMN a int NOT NULL")
    finds(RULE, "DELETE FROM t; INSERT INTO t (b) VALUES (1); ALTER TABLE t ADD COLUMN a int NOT NULL")


def test_mysql_makes_up_values():
    one = finds(RULE, "ALTER TABLE users ADD COLUMN age INT NOT NULL AFTER name", "mysql")
    assert one.finding.severity == "warning"
    assert "zero age" in one.finding.message
    clean(RULE, "ALTER TABLE users ADD COLUMN id INT NOT NULL AUTO_INCREMENT", "mysql")
    clean(RULE, "ALTER TABLE users ADD COLUMN note LONGTEXT NOT NULL", "mysql")


def test_other_engines_are_not_looked_at():
    clean(RULE, "ALTER TABLE users ADD age int NOT NULL", "tsql")
