from perftool.lint.analysis import Analyser
from perftool.lint.rules.unused_cte import RULE
from tests.lint.kit import clean, finds, fixed, places


def test_what_nothing_reads():
    assert places(RULE, "WITH x AS (SELECT 1 AS a), y AS (SELECT 2 AS b) SELECT b FROM y") == ["x"]
    assert "x" in finds(RULE, "WITH x AS (SELECT 1 AS a) SELECT 1 AS b FROM t").finding.message
    finds(RULE, "WITH x AS (SELECT 1 AS a) INSERT INTO t (a) SELECT 2")
    finds(RULE, "CREATE VIEW v AS WITH x AS (SELECT 1 AS a) SELECT a FROM t AS y")


def test_any_reading_counts():
    clean(RULE, "WITH x AS (SELECT 1 AS a) SELECT a FROM x")
    clean(RULE, "WITH x AS (SELECT 1 AS a) SELECT 1 FROM t WHERE a IN (SELECT a FROM X)")
    clean(RULE, 'WITH "X" AS (SELECT 1 AS a) SELECT a FROM x', "snowflake")
    clean(RULE, "WITH x AS (SELECT 1 AS a) SELECT 1 FROM t, /* from */ x")
    clean(RULE, "WITH x AS (SELECT 1 AS a) SELECT 2 AS a UNION ALL SELECT a FROM x")
    clean(RULE, "WITH x AS (SELECT 1 AS a), y AS (SELECT a FROM x) SELECT a FROM y")
    clean(RULE, "WITH x AS (SELECT 1 AS a) SELECT 1 FROM t WHERE a IN x", "clickhouse")
    clean(RULE, "WITH x AS (SELECT 1 AS a) UPDATE t SET b = 1 FROM t2 JOIN x ON x.a = t2.a WHERE t.id = t2.id")
    clean(RULE, "WITH x AS (SELECT 1 AS a) (WITH y AS (SELECT a FROM x) SELECT a FROM y)")


def test_names_that_are_no_reading():
    finds(RULE, "WITH x AS (SELECT 1 AS a) SELECT a FROM s.x")
    finds(RULE, "WITH x AS (SELECT 1 AS a) SELECT x.a FROM t AS x")
    clean(RULE, "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x, t WHERE a < 5) SELECT 1 FROM t")


def test_pipes_have_common_tables_that_nobody_wrote():
    clean(RULE, "FROM t |> WHERE a = 1 |> SELECT a", "bigquery")


def test_data_changing_ones_are_used():
    clean(RULE, "WITH x AS (DELETE FROM t WHERE a = 1 RETURNING a) SELECT 1 AS b")
    clean(RULE, "WITH k AS (SELECT 1 AS a), x AS (DELETE FROM t USING k WHERE t.a = k.a) SELECT 1 AS b")


def test_what_its_author_knows_to_be_unused():
    clean(RULE, "WITH x AS (SELECT 1 AS a), -- UNUSED: kept for later\ny AS (SELECT a FROM x) SELECT 1 AS b FROM t")
    clean(RULE, "WITH -- ünsere: unused\nx AS (SELECT 1 AS a) SELECT 1 AS b FROM t")
    clean(RULE, "WITH y AS (SELECT 1 AS b), /* not currently used */ x AS (SELECT 1 AS a) SELECT b FROM y", "bigquery")
    clean(RULE, "WITH y AS (SELECT 1 AS b), /* Not  used */ x AS (SELECT 1 AS a) SELECT b FROM y")
    other = "WITH /* unused */ x AS (SELECT 1), y AS (SELECT 'unused'), /* used */ z AS (SELECT 1) SELECT 1 AS c"
    assert places(RULE, other) == ["y", "z"]


def test_the_fix_takes_one_comma_along():
    first = "WITH x AS (SELECT 1 AS a), y AS (SELECT 2 AS b) SELECT b FROM y"
    assert fixed(RULE, first) == "WITH y AS (SELECT 2 AS b) SELECT b FROM y"
    last = "WITH y AS (SELECT 2 AS b), x (c) AS MATERIALIZED (SELECT 1 AS a) SELECT b FROM y"
    assert fixed(RULE, last) == "WITH y AS (SELECT 2 AS b) SELECT b FROM y"
    middle = "WITH x AS (SELECT 1), y AS (SELECT 2 AS b), z AS (SELECT ')'), q AS (SELECT 4) SELECT b FROM y"
    assert fixed(RULE, middle) == "WITH y AS (SELECT 2 AS b) SELECT b FROM y"
    assert fixed(RULE, "WITH x AS (SELECT 'é' AS a)\nSELECT 1 AS b") == "SELECT 1 AS b"


def test_the_fix_takes_those_along_that_only_dead_ones_read():
    chain = "WITH x AS (SELECT 1 AS a), y AS (SELECT a FROM x), z AS (SELECT 2 AS b) SELECT b FROM z"
    assert fixed(RULE, chain) == "WITH z AS (SELECT 2 AS b) SELECT b FROM z"
    assert fixed(RULE, "WITH x AS (SELECT 1 AS a), y AS (SELECT a FROM x) SELECT 2 AS b") == "SELECT 2 AS b"


def test_the_fix_keeps_comments():
    kept = "WITH x AS (SELECT 1 AS a),\n-- about y\ny AS (SELECT 2 AS b) SELECT b FROM y"
    assert fixed(RULE, kept) == "WITH \n-- about y\ny AS (SELECT 2 AS b) SELECT b FROM y"
    assert not finds(RULE, "WITH x AS (SELECT 1 /* why */ AS a), y AS (SELECT 2 AS b) SELECT b FROM y").finding.edits
    assert not finds(RULE, "WITH x AS (SELECT $1 AS a), y AS (SELECT $2 AS b) SELECT b FROM y").finding.edits


def test_templates_hide_too_much():
    sql = "WITH x AS (SELECT 1 AS a) SELECT 1 AS b FROM tttt"
    start = sql.rindex("tttt")
    assert Analyser("postgres", [RULE]).analyse(sql).findings
    assert not Analyser("postgres", [RULE]).analyse(sql, replaced=[(start, start + 4)]).findings


def test_tests_try_out_such_queries():
    sql = "WITH cte AS (SELECT * FROM foo) SELECT * FROM bar"
    finds(RULE, sql)
    clean(RULE, sql, path="internal/testdata/star_expansion/query.sql")
