from perftool.lint.analysis import Analyser
from perftool.lint.rules.ambiguous_column import RULE
from tests.lint.kit import clean, finds, places

JOIN = "FROM a JOIN b ON a.id = b.a_id"
SCHEMA = "CREATE TABLE a (id int, name text); CREATE TABLE b (a_id int, %s text);"


def test_a_common_name_of_unknown_tables_is_info():
    one = finds(RULE, f"SELECT name {JOIN}")
    assert one.finding.severity == "info"
    assert places(RULE, f"SELECT 'é', name, id, status {JOIN}") == ["name"]
    clean(RULE, f"SELECT c_custkey {JOIN}")
    clean(RULE, f"SELECT a.name {JOIN}")
    clean(RULE, "SELECT name FROM a WHERE id IN (SELECT id FROM b)")


def test_columns_of_two_known_sources():
    one = finds(RULE, "WITH x AS (SELECT k, n FROM t), y AS (SELECT k, m FROM u) SELECT k FROM x JOIN y ON x.n = y.m")
    assert "of x and of y" in one.finding.message
    assert one.finding.severity is None
    clean(RULE, "WITH x AS (SELECT k, n FROM t), y AS (SELECT k, m FROM u) SELECT n, m FROM x JOIN y ON x.k = y.k")


def test_the_definitions_decide():
    known = finds(RULE, f"SELECT name {JOIN}", schema=SCHEMA % "name")
    assert known.finding.severity == "warning"
    clean(RULE, f"SELECT name {JOIN}", schema=SCHEMA % "other")
    one = places(RULE, f"SELECT x, name {JOIN}", schema=SCHEMA % "name")
    assert one == ["name"]


def test_merged_columns_and_aliases():
    clean(RULE, "SELECT id FROM a JOIN b USING (id)")
    clean(RULE, "SELECT name FROM a NATURAL JOIN b")
    clean(RULE, f"SELECT a.x AS name {JOIN} ORDER BY name")
    clean(RULE, f"SELECT a.name {JOIN} ORDER BY name")
    clean(RULE, f"SELECT a.x AS name, count(*) {JOIN} GROUP BY name")
    clean(RULE, "SELECT name FROM a LEFT SEMI JOIN b ON a.id = b.a_id", "spark")


def test_sources_per_row_do_not_count():
    clean(RULE, "SELECT name FROM a, UNNEST(a.items) AS i", "bigquery")
    clean(RULE, "SELECT name FROM a CROSS JOIN LATERAL (SELECT 1 AS n) AS i")
    finds(RULE, "SELECT name FROM a JOIN b ON a.id = b.a_id, UNNEST(a.items) AS i", "bigquery")


def test_templates_hide_too_much():
    sql = "SELECT name FROM a JOIN bbbb ON a.id = bbbb.a_id"
    start = sql.rindex("bbbb")
    assert Analyser("postgres", [RULE]).analyse(sql).findings
    assert not Analyser("postgres", [RULE]).analyse(sql, replaced=[(start, start + 4)]).findings
