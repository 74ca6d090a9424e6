from perftool.lint.rules.insert_without_columns import RULE
from tests.lint.kit import clean, finds, places


def test_values_by_position():
    assert "by position" in finds(RULE, "INSERT INTO t VALUES (1, 2)").finding.message
    assert places(RULE, "INSERT INTO s.é SELECT a, b FROM u") == ["INSERT INTO s.é"]
    assert places(RULE, '/* insert */ insert INTO s."T é" VALUES (1)') == ['insert INTO s."T é"']
    finds(RULE, "WITH x AS (SELECT 1 AS a) INSERT INTO t SELECT a FROM x UNION ALL SELECT 2")
    clean(RULE, "INSERT INTO t (a, b) VALUES (1, 2)")


def test_one_finding_for_each_table_of_a_file():
    finds(RULE, "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); INSERT INTO u VALUES (3)", count=2)


def test_the_columns_are_named_where_they_are_known():
    one = finds(RULE, "INSERT INTO t VALUES (1, 2)", others={"schema.sql": "CREATE TABLE t (a int, b int)"})
    assert one.finding.help == "INSERT INTO t (a, b)"


def test_tables_that_are_new_or_pass():
    clean(RULE, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    clean(RULE, "CREATE TEMPORARY TABLE t (a int); INSERT INTO t VALUES (1)", "mysql")
    clean(RULE, "INSERT INTO #t VALUES (1)", "tsql")
    clean(RULE, "INSERT INTO t VALUES (1)", path="db/seeds/users.sql")


def test_forms_that_have_nothing_to_name():
    clean(RULE, "INSERT INTO t DEFAULT VALUES")
    clean(RULE, "INSERT INTO archive SELECT * FROM t")
    clean(RULE, "INSERT INTO t SET a = 1", "mysql")
    clean(RULE, "INSERT INTO t BY NAME SELECT 1 AS a", "duckdb")
    clean(RULE, "INSERT OVERWRITE TABLE t SELECT a FROM u", "spark")
    clean(RULE, "INSERT INTO t PARTITION (d = '1') SELECT a FROM u", "spark")
    clean(RULE, "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (s.id)")
