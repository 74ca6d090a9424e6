import pytest

from perftool.lint.analysis import Analyser
from perftool.lint.rules.unknown_reference import RULE
from tests.lint.kit import clean, finds, places

X = "WITH x AS (SELECT a, c FROM t) "


def test_a_column_that_its_source_does_not_give():
    one = finds(RULE, X + "SELECT b FROM x")
    assert "x has no column b" in one.finding.message
    assert "a, c" in one.finding.help
    assert places(RULE, X + "SELECT 'é', y.b FROM x AS y JOIN t ON t.a = y.a") == ["y.b"]
    finds(RULE, X + "SELECT b, b + 1 FROM x WHERE b > 1")
    finds(RULE, "SELECT s.b FROM (SELECT a FROM t) AS s")
    finds(RULE, "SELECT b FROM (SELECT a FROM t) AS s, (SELECT c FROM u) AS r")
    finds(RULE, X + "SELECT a FROM x WHERE EXISTS (SELECT 1 FROM u WHERE u.k = x.b)")


@pytest.mark.parametrize(
    "sql",
    [
        X + "SELECT a, x.c FROM x",
        X + "SELECT A FROM x",
        X + "SELECT b FROM x, t",
        X + "SELECT a AS k FROM x ORDER BY k",
        X + "SELECT x FROM x",
        X + "SELECT count(x), row_to_json(x) FROM x",
        X + "SELECT x.* FROM x",
        X + "SELECT x.ctid FROM x",
        X + "SELECT current_date, date_part('dow', a) FROM x",
        "WITH x AS (SELECT * FROM t) SELECT b FROM x",
        "WITH x AS (SELECT count(*) FROM t) SELECT count FROM x",
        "WITH x (b) AS (SELECT a FROM t) SELECT b FROM x",
        "SELECT b FROM t WHERE EXISTS (SELECT b FROM (SELECT a FROM u) AS s)",
        "SELECT a FROM (SELECT a FROM t UNION SELECT k FROM u ORDER BY a) AS s",
        "SELECT b FROM (SELECT a FROM t) AS s JOIN LATERAL unnest(s.a) AS b ON true",
        "UPDATE t SET k = s.a FROM (SELECT a FROM u) AS s WHERE t.k = s.a",
        "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT n FROM x",
        "SELECT 1 FROM unknown_table WHERE b = 1",
    ],
)
def test_what_is_there_or_not_known(sql):
    clean(RULE, sql)


def test_words_of_other_dialects():
    clean(RULE, 'WITH x AS (SELECT a FROM t) SELECT "b" FROM x', "sqlite")
    clean(RULE, "WITH x AS (SELECT s FROM t) SELECT x.s.field FROM x", "bigquery")
    clean(RULE, "WITH x AS (SELECT a FROM t) SELECT a + 1 AS n, n + 1 AS m FROM x", "snowflake")
    clean(RULE, "WITH x AS (SELECT a FROM t) SELECT filter(a, e -> e > 1) FROM x", "spark")
    clean(RULE, "WITH x AS (SELECT a FROM t) SELECT DATEADD(month, 1, a), MYFUNC(a, day) FROM x", "snowflake")
    clean(RULE, "WITH x AS (SELECT a, b FROM t) SELECT c FROM x PIVOT (sum(a) FOR b IN ('c'))", "snowflake")


def test_variables_and_arguments():
    clean(RULE, "WITH x AS (SELECT a FROM t) SELECT a + days FROM x", "bigquery")
    clean(RULE, "CREATE FUNCTION f(k INT64) AS ((SELECT k FROM (SELECT 1 AS a)))", "bigquery")


def test_tables_of_a_schema():
    schema = "CREATE TABLE t (id int, name text); CREATE TABLE u (id int)"
    options = {"check-columns-of-tables": 1}
    assert "t has no column nme" in finds(RULE, "SELECT t.nme FROM t", schema=schema, options=options).finding.message
    assert finds(RULE, "SELECT nme FROM t", schema=schema, options=options).finding.help == "its columns are id, name"
    clean(RULE, "SELECT t.name FROM t JOIN u ON u.id = t.id", schema=schema, options=options)
    clean(RULE, "SELECT v.nme FROM v", schema=schema, options=options)
    clean(RULE, "SELECT t.nme FROM t", schema=schema)
    clean(RULE, "SELECT t.nme FROM t", options=options)


def test_templates_hide_too_much():
    sql = "WITH x AS (SELECT a FROM tttt) SELECT b FROM x"
    start = sql.rindex("tttt")
    assert Analyser("postgres", [RULE]).analyse(sql).findings
    assert not Analyser("postgres", [RULE]).analyse(sql, replaced=[(start, start + 4)]).findings
