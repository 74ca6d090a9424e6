import pytest

from perftool.lint.rules.redundant_index import RULE
from tests.lint.kit import clean, finds, places

SHORT = "CREATE INDEX i1 ON t (a);"


def test_a_longer_index_does_the_same():
    found = finds(RULE, SHORT + "CREATE INDEX i2 ON t (a, b)").finding
    assert "i2 (a, b) finds rows by a as well" in found.message
    assert places(RULE, "CREATE INDEX i2 ON t (a, b);\nCREATE INDEX ü ON t (a)") == ["CREATE INDEX ü ON t (a)"]


@pytest.mark.parametrize(
    "more",
    [
        "CREATE UNIQUE INDEX i2 ON t (a, b)",
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)",
        "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))",
        "CREATE INDEX i2 ON public.t USING btree (a, b) INCLUDE (c)",
    ],
)
def test_keys_and_covering_indexes_count(more):
    finds(RULE, SHORT + more)
    finds(RULE, SHORT, others={"z.sql": more})


def test_of_two_alike_the_first_stays():
    assert places(RULE, "CREATE INDEX i1 ON t (a, b); CREATE INDEX i2 ON t (a, b)") == ["CREATE INDEX i2 ON t (a, b)"]
    clean(RULE, "CREATE INDEX i ON t (a)", others={"b.sql": "CREATE INDEX IF NOT EXISTS i ON t (a)"})


@pytest.mark.parametrize(
    "more",
    [
        "CREATE INDEX i2 ON t (b, a)",
        "CREATE INDEX i2 ON t (a, b) WHERE b > 0",
        "CREATE INDEX i2 ON t USING gin (a, b)",
        "CREATE INDEX i2 ON t (a text_pattern_ops, b)",
        "CREATE INDEX i2 ON t (lower(a), b)",
        "CREATE INDEX i2 ON u (a, b)",
        "CREATE INDEX i2 ON t (a, b); DROP INDEX i2",
        "CREATE INDEX i2 ON t (a, b); DROP INDEX i1",
        "CREATE INDEX i2 ON t (a, b); DROP TABLE t",
        "CREATE INDEX i2 ON t (a, b); ALTER TABLE t DROP COLUMN b",
    ],
)
def test_others_answer_other_questions(more):
    clean(RULE, SHORT + more)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE UNIQUE INDEX i1 ON t (a); CREATE INDEX i2 ON t (a, b)",
        "CREATE INDEX i1 ON t (a) WHERE b > 0; CREATE INDEX i2 ON t (a, b)",
        "CREATE INDEX i1 ON t (a) INCLUDE (c); CREATE INDEX i2 ON t (a, b)",
        "CREATE INDEX i1 ON t USING brin (a); CREATE INDEX i2 ON t (a, b)",
    ],
)
def test_special_indexes_are_kept(sql):
    clean(RULE, sql)


def test_indexes_inside_tables_are_read():
    finds(RULE, "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, KEY k1 (a), KEY k2 (a, b))", "mysql")
    finds(RULE, "CREATE TABLE t (id INT PRIMARY KEY, KEY k1 (id))", "mysql")
    finds(RULE, "CREATE TABLE t (id INT, a INT, KEY k1 (id, a)); ALTER TABLE t ADD INDEX k2 (id)", "mysql")
    clean(RULE, "CREATE TABLE t (id INT PRIMARY KEY, a TEXT, b INT, KEY k1 (a), KEY k2 (a(20), b))", "mysql")
    clean(RULE, "CREATE INDEX i ON t (a); CREATE INDEX i ON u (a, b); CREATE INDEX j ON u (b)", "mysql")


def test_a_clustered_key_is_wider_than_an_index():
    sql = "CREATE TABLE t (a INT, b INT, CONSTRAINT pk PRIMARY KEY (a, b)); CREATE INDEX i ON t (a)"
    clean(RULE, sql, "tsql")
    finds(RULE, sql, "oracle")


def test_tests_build_any_index():
    sql = "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a, b)"
    finds(RULE, sql)
    clean(RULE, sql, path="src/test/sql/indexes.sql")
