import pytest

from perftool.lint.rules.leading_wildcard import RULE
from tests.lint.kit import clean, finds, places


def where(test: str) -> str:
    return f"SELECT id FROM p WHERE {test}"


@pytest.mark.parametrize(
    ("dialect", "test"),
    [
        ("postgres", "name LIKE '%widget'"),
        ("postgres", "name ILIKE '%' || $1 || '%'"),
        ("postgres", "lower(name) LIKE '%a%'"),
        ("postgres", "code::text LIKE '%7'"),
        ("mysql", "name LIKE CONCAT('%', ?, '%')"),
        ("tsql", "name LIKE '%' + @q + '%'"),
        ("sqlite", "name LIKE '%a!%%' ESCAPE '!'"),
    ],
)
def test_patterns_that_begin_with_a_wildcard_read_everything(dialect, test):
    assert places(RULE, where(f"a > 1 AND {test} ORDER BY id"), dialect) == [test]


def test_the_advice_is_the_dialects():
    assert "USING gin (name gin_trgm_ops)" in finds(RULE, "SELECT 1 FROM p x WHERE x.name LIKE '%a'").finding.help
    assert "gin ((lower(name)) gin_trgm_ops)" in finds(RULE, where("lower(p.name) LIKE '%a'")).finding.help
    assert 'gin ("Name" gin_trgm_ops)' in finds(RULE, where("p.\"Name\" LIKE '%a'")).finding.help
    assert "MATCH (`name`)" in finds(RULE, where("`name` LIKE '%a'"), "mysql").finding.help
    assert "CONTAINS" in finds(RULE, where("name LIKE '%a'"), "oracle").finding.help


def test_other_patterns_have_their_index():
    clean(RULE, where("name LIKE 'widget%' AND name LIKE $1 AND name LIKE '_widget' AND name LIKE '%'"))
    clean(RULE, where("name NOT LIKE '%x' AND NOT name LIKE '%y'"))
    clean(RULE, where("$1 LIKE '%x'"))
    clean(RULE, "SELECT CASE WHEN name LIKE '%x' THEN 1 END FROM p")
    clean(RULE, "WITH q AS (SELECT name FROM p) SELECT 1 FROM q WHERE name LIKE '%x'")
    clean(RULE, "SELECT 1 FROM pg_class WHERE relname LIKE '%x'")
    clean(RULE, where("owner_id = $1 AND name LIKE '%x'"))
    clean(RULE, where("kind = $1 AND name LIKE '%x'"))
    clean(RULE, where("kind = $1 AND name LIKE '%x'"), schema="CREATE TABLE p (kind int, name text)")
    finds(RULE, where("gone = $1 AND name LIKE '%x'"), schema="CREATE TABLE p (gone boolean, name text)")
    clean(RULE, where("name LIKE '%x'"), "bigquery")


def test_indexes_of_trigrams_and_words_find_them():
    sql = where("name ILIKE '%x%'")
    clean(RULE, sql, schema="CREATE INDEX i ON p USING gin (name gin_trgm_ops)")
    clean(RULE, sql, schema="CREATE INDEX i ON p USING gist (lower(name) gist_trgm_ops)")
    clean(RULE, where("name LIKE '%x'"), "mysql", schema="CREATE TABLE p (name text, FULLTEXT KEY f (name))")
    finds(RULE, sql, schema="CREATE INDEX i ON p USING gin (title gin_trgm_ops); CREATE INDEX j ON p (name)")


def test_a_search_over_several_columns_is_one_finding():
    finds(RULE, where("name LIKE '%x%' OR title LIKE '%x%' OR body LIKE '%x%'"))
    clean(RULE, where("name LIKE '%x%'"), path="db/migrate/1.sql")


def test_the_upgrade_of_an_extension_runs_once():
    sql = "UPDATE p SET name = replace(name, 'x', 'y') WHERE name LIKE '%x'"
    finds(RULE, sql)
    clean(RULE, sql, path="sql/updates/2.19.3--2.20.0.sql")
