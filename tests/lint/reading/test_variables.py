from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.lint.reading.variables import variables
from perftool.sql.parsing import Engine
from tests.lint.reading.shapes import made_up, neutral, parses, squeezed


@pytest.mark.parametrize(
    ("sql", "becomes", "dialect"),
    [
        ("select :'a', :\"b\" from :c.d where e = :f", "select '_a', :\"b\" from :c.d where e = :f", "postgres"),
        (":PREFIX select 1", "select 1", "postgres"),
        ("select a from ${b}.c where d = ${e:-1}", "select a from __b_.c where d = __e__1_", "postgres"),
        ("select a from $(b).c where d = $(e)", "select a from __b_.c where d = __e_", "tsql"),
        ("select a from t where b = #{c,jdbcType=INTEGER} and d = 1", "select a from t where b = ? and d = 1", "mysql"),
        ("select a from t where b = %s", "select a from t where b = ?", "bigquery"),
        ("select a where b in (%(c)s) and d %% 2 = 1", "select a where b in (? ) and d % 2 = 1", "mysql"),
        ("select a where b %% 2 = %s", "select a where b % 2 = %s", "postgres"),
        ("select {a} from {b}.c", "select _a_ from _b_.c", "postgres"),
        ("select a from &b..c where d = &&e", "select a from _b_.c where d = __e", "oracle"),
        ("select a from t where b = :1 or c = :2", "select a from t where b = ? or c = ?", "oracle"),
        ("select a from t where b = ?1", "select a from t where b = ?", "sqlite"),
    ],
)
def test_what_the_parser_does_not_know_is_replaced(sql: str, becomes: str, dialect: str) -> None:
    assert squeezed(sql, dialect) == becomes
    assert parses(sql, dialect)
    assert neutral(sql, dialect).kind == "variables"


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select a from t where b = ? and c = :d and e = $1 and f = @g", "postgres"),
        ("select a::int, b[1:2], c[:2] from t where d %2 = 0 and e = ':1'", ""),
        ("select '%s', \"${a}\", '#{b}' -- ${c}\n/* {d} */ from t", "postgres"),
        ("select {a:UInt8} from {b:Identifier}", "clickhouse"),
        ("select ${a}, {b} from t", "spark"),
        ("select {'a': 1}, {fn now()}, x ? 'a', x ?| y from t", "postgres"),
        ("select a & b, a &c from t", "postgres"),
        ("select a from t where b %% 2 = 1", "postgres"),
        ("select E'\\'%s', E'\\'${a}' from t", "postgres"),
        ("select a # %s\nfrom t", "mysql"),
        ("select a%s from t where b like 'a%%'", "mysql"),
        ("select a from t where b = %s and c = %(d)s", "postgres"),
    ],
)  # fmt: skip
def test_the_rest_stays(sql: str, dialect: str) -> None:
    assert variables(sql.encode(), dialect) is None


def test_variables_of_a_template_are_listed_with_its_tags() -> None:
    assert made_up("select {{ a }}, ${b} from t where c = %s", "mysql") == ["{{ a }}", "${b}", "%s"]
    assert made_up("select ${ {{ a }} }") == ["${ {{ a }} }"]
    assert squeezed("select '{{ a }}' || ${b}") == "select '___a___' || __b_"


_PIECES = [":'", "'", '"', "${", "}", "$(", ")", "#{", "%s", "%(", "a", ")s", "%%", ":1", "?2", "&b", "--", "\n",
           "/*", "*/", "é", " ", "{c}", "$$"]  # fmt: skip


@given(
    st.lists(st.sampled_from(_PIECES), max_size=30).map("".join),
    st.sampled_from(["", "postgres", "mysql", "tsql", "oracle", "sqlite", "bigquery"]),
)
def test_any_text_keeps_its_places(text: str, dialect: str) -> None:
    neutral(text, dialect)


def test_names_in_other_scripts_keep_their_places() -> None:
    assert squeezed("select #{é}, ${日本} from {a}", "mysql") == "select __é_, __日本_ from _a_"


@pytest.mark.parametrize(
    "unit", ["${", ":'", "'", "%(", "#{", "{a", "&a", "/*", "E'\\", ":PREFIX ", "%%", "$(a", "${a} '"]
)
def test_a_big_text_takes_no_longer_than_its_size(unit: str) -> None:
    data = (unit * 50_000).encode()
    for dialect in ("", "postgres", "oracle", "tsql"):
        found = variables(data, dialect)
        assert found is None or len(found.data) == len(data)


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select :'a'", "postgres"),
        (":PREFIX select 1", "postgres"),
        ("select a from ${b}.c", "postgres"),
        ("select a from t where b = %s", "mysql"),
        ("select a from {b}.c", "postgres"),
        ("select a from t where b = &c", "oracle"),
        ("select a from t where b = ?1", "sqlite"),
        ("select a from t where b = :1", "oracle"),
    ],
)
def test_the_parser_still_needs_each_of_them(sql: str, dialect: str) -> None:
    """When sqlglot learns one of these, its row can go."""
    with pytest.raises(InputError):
        Engine(dialect).parse(sql)
