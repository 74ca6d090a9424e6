"""Arrays in FROM: the trees are those that sqlglot makes by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from perftool.sql.parsing import Engine

TEXTS = (
    "SELECT 1 FROM t, t.items",
    "SELECT 1 FROM t CROSS JOIN t.items AS i, i.parts WHERE i.a = 1",
    "SELECT 1 FROM t JOIN u ON t.a = u.a JOIN t.items USING (a)",
    "SELECT 1 FROM `p.d.t` AS T, T.items",
    "SELECT (SELECT max(x) FROM t.items AS x), f(b) FROM s.t AS t, t.other AS o",
    "WITH c AS (SELECT 1 FROM (SELECT 1 FROM t, t.items) AS d, d.x) SELECT EXTRACT(day FROM a) FROM c",
    "INSERT INTO a SELECT 1 FROM t, t.items UNION ALL SELECT 2 FROM u, u.items",
    "CREATE TABLE a AS SELECT ARRAY(SELECT x FROM t.y AS y, y.z AS x) FROM t",
    "FROM t |> WHERE a > 1 |> SELECT a, (SELECT 1 FROM u, u.items) AS b |> AGGREGATE count(*) GROUP BY a",
    "UPDATE a SET b = 1 FROM t, t.items WHERE true",
    "SELECT 1",
)


def _plain(text: str, dialect: str) -> str:
    found = Dialect.get_or_raise(dialect)
    return repr(found.parser().parse(found.tokenizer_class(dialect=found).tokenize(text), text))


@pytest.mark.parametrize("dialect", ["bigquery", "redshift", "postgres"])
@pytest.mark.parametrize("text", TEXTS)
def test_trees_are_those_of_sqlglot(text: str, dialect: str) -> None:
    if dialect != "bigquery" and ("|>" in text or "`" in text):
        pytest.skip("written for BigQuery")
    assert repr(Engine(dialect).parse(text)) == _plain(text, dialect)


@given(
    st.lists(
        st.sampled_from(["t", "u", "t.a", "u.b", "v.c AS w", "(SELECT 1 FROM t, t.x) AS u"]), min_size=1, max_size=4
    ),
    st.lists(st.sampled_from([", ", " CROSS JOIN ", " LEFT JOIN "]), min_size=3, max_size=3),
)
def test_any_joins_are_those_of_sqlglot(tables: list[str], words: list[str]) -> None:
    text = "SELECT 1 FROM " + tables[0] + "".join(word + table for word, table in zip(words, tables[1:], strict=False))
    assert repr(Engine("bigquery").parse(text)) == _plain(text, "bigquery")


def test_other_parsers_are_left_as_they_are() -> None:
    Engine("bigquery").parse("SELECT 1 FROM t")
    with pytest.raises(Exception, match="Expect"):
        Engine("bigquery").parse("SELECT 1 FROM (")
    found = Dialect.get_or_raise("bigquery")
    (tree,) = found.parse("SELECT 1 FROM t, t.items")
    assert tree is not None
    assert tree.find(exp.Unnest) is not None
