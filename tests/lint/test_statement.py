from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.statement import Statement
from perftool.sql.nodes import exp
from perftool.sql.parsing import Engine
from perftool.sql.samples import __path__ as samples
from perftool.sql.source import Source


def statement(sql, dialect="postgres"):
    return Statement(sql, Engine(dialect).parse(sql)[0], dialect)


EXPRESSIONS = [
    ("a", "postgres"),
    ('t."B c"', "postgres"),
    ("(a)", "postgres"),
    ("((a))", "postgres"),
    ("((a) = b)", "postgres"),
    ("a = NULL", "postgres"),
    ("NULL = a", "postgres"),
    ("a = TRUE", "postgres"),
    ("a IS NULL", "postgres"),
    ("a IS NOT NULL", "postgres"),
    ("a IS NOT NULL", "mysql"),
    ("NOT a", "postgres"),
    ("-a", "postgres"),
    ("now()", "postgres"),
    ("a > now()", "postgres"),
    ("coalesce(a, NULL)", "postgres"),
    ("lower(trim(a)) = lower('x')", "postgres"),
    ("CAST(a AS int)", "postgres"),
    ("CAST(a AS int) = 3", "postgres"),
    ("3 < CAST(a AS varchar(10))", "postgres"),
    ("a::int", "postgres"),
    ("a::varchar(10) = 'x'", "postgres"),
    ("a::timestamp with time zone", "postgres"),
    ("extract(year FROM a) = 2024", "postgres"),
    ("DATE '2024-01-01'", "postgres"),
    ("a > DATE '2024-01-01'", "postgres"),
    ("a + INTERVAL '1 day'", "postgres"),
    ("a + INTERVAL 1 DAY", "mysql"),
    ("CASE WHEN a THEN 1 END", "postgres"),
    ("CASE a WHEN 1 THEN NULL ELSE NULL END", "postgres"),
    ("CASE WHEN a THEN CASE WHEN b THEN 1 END END = 1", "postgres"),
    ("a IN (1, 2)", "postgres"),
    ("a NOT IN (1, 2)", "postgres"),
    ("a IN (NULL)", "postgres"),
    ("? IN (a, 2)", "mysql"),
    ("? NOT BETWEEN a AND b", "mysql"),
    ("a IN (?, ?)", "mysql"),
    ("a IN (SELECT b FROM s WHERE (c))", "postgres"),
    ("EXISTS (SELECT 1 FROM s)", "postgres"),
    ("NOT EXISTS (SELECT 1 FROM s)", "postgres"),
    ("a = ANY (ARRAY[1, 2])", "postgres"),
    ("a BETWEEN 1 AND 2", "postgres"),
    ("a NOT BETWEEN ? AND ?", "mysql"),
    ("a LIKE '%x' ESCAPE '!'", "postgres"),
    ("a = $1", "postgres"),
    ("a = :x", "oracle"),
    ("a = @x", "tsql"),
    ("count(*)", "postgres"),
    ("count(DISTINCT a) FILTER (WHERE b)", "postgres"),
    ("row_number() OVER (PARTITION BY a)", "postgres"),
    ("row_number() OVER ()", "postgres"),
    ("sum(a) OVER w", "postgres"),
    ("(SELECT (1), a FROM s)", "postgres"),
    ("(SELECT (SELECT 1) AS x)", "postgres"),
    ("(a, b) = (1, 2)", "postgres"),
    ("f(a)[1]", "postgres"),
    ("a[1][2] = 3", "postgres"),
    ("s.f(a, 'ä') || 'ß'", "postgres"),
    ("a -> 'b'", "postgres"),
    ("a AND NOT (b OR c)", "postgres"),
    ("a OR b AND c = ''", "postgres"),
    ("concat('a, (', b)", "postgres"),
    ("a = '☃)'", "postgres"),
    ("a /* ( */ = -- )\n b", "postgres"),
]


@pytest.mark.parametrize(("text", "dialect"), EXPRESSIONS)
def test_an_expression_is_whole(text, dialect):
    """Whatever stands around an expression, its span is its own text."""
    for before, after in [
        ("SELECT 'é', ", " AS x, 1 FROM t"),
        ("SELECT 1 FROM t WHERE ((k) = 1) AND (", ") ORDER BY 1"),
    ]:
        sql = before + text + after
        at = statement(sql, dialect)
        where = at.tree.args.get("where")
        node = where.this.expression.this if where else at.tree.expressions[1].unalias()
        assert at.source(node) == text


def test_parts_of_an_expression_have_their_own_places():
    at = statement("SELECT 1 FROM t WHERE lower(a) = 'x' AND (b IS NULL OR c IN (1, 2))")
    where = at.tree.args["where"].this
    assert at.source(where.this) == "lower(a) = 'x'"
    assert at.source(where.this.this) == "lower(a)"
    assert at.source(where.expression.this.this) == "b IS NULL"
    assert at.source(where.expression.this.expression) == "c IN (1, 2)"


def test_tables_and_their_aliases():
    at = statement('SELECT 1 FROM s."T" AS x JOIN (SELECT a FROM u) AS y ON x.a = y.a')
    assert [at.source(one) for one in at.tree.find_all(exp.Subquery)] == ["(SELECT a FROM u) AS y"]
    assert at.source(at.tree.args["from_"].this) == 's."T" AS x'


def test_brackets_that_the_parser_adds_are_not_looked_for():
    at = statement("SELECT (a = b) IS NULL, a = b IS NULL FROM t")
    assert [at.source(one) for one in at.tree.expressions] == ["(a = b) IS NULL", "a = b IS NULL"]


def test_stars_that_the_parser_adds_are_not_looked_for():
    at = statement("SELECT 1 FROM t WHERE a IN (WITH c AS (VALUES (1)) SELECT * FROM c)")
    assert at.source(at.tree.args["where"].this) == "a IN (WITH c AS (VALUES (1)) SELECT * FROM c)"


def test_what_has_no_place_is_the_whole_statement():
    at = statement("SELECT NULL")
    assert at.span(at.tree.expressions[0]) == (0, len("SELECT NULL"))


def test_words_around_a_place():
    at = statement("SELECT a FROM t ORDER BY a LIMIT 3")
    limit = at.span(at.tree.args["limit"])[0]
    assert at.word_before(limit, "order").start == at.text.index("ORDER")
    assert at.word_after(0, "limit").end == at.text.index("LIMIT") + 5
    assert at.word_before(0, "select") is None
    assert at.word_after(0, "nowhere") is None
    assert at.token_at(len(at.text)) == len(at.tokens)


def test_a_long_chain_costs_no_recursion():
    at = statement("SELECT 1 FROM t WHERE " + " AND ".join(f"a{n} = {n}" for n in range(3000)))
    start, end = at.span(at.tree.args["where"].this)
    assert at.text[start:end].startswith("a0 = 0 AND")
    assert end == len(at.text)


def test_made_up_text():
    at = Statement("SELECT a FROM xxxxxx", Engine("").parse("SELECT a FROM xxxxxx")[0], replaced=[(14, 20)])
    assert at.is_made_up(10, 15)
    assert not at.is_made_up(0, 14)


def test_spans_nest_in_the_samples():
    """On whole statements: every span lies in the text, and that of a child in its parent's."""
    for path in sorted(Path(samples[0]).glob("*.sql")):
        for one in Source.of(path.read_bytes(), name=path.name).statements(""):
            sql = one.text
            at = Statement(sql, Engine("").parse(sql)[0])
            for condition in at.tree.find_all(exp.Where, exp.Join):
                outer = at.span(condition)
                for node in condition.iter_expressions():
                    start, end = at.span(node)
                    if (start, end) != (0, len(sql)):
                        assert outer[0] <= start < end <= outer[1] <= len(sql)


ATOMS = st.sampled_from(
    [
        "a",
        "t.b",
        "'é'",
        "1",
        "f(a)",
        "now()",
        "CAST(a AS int)",
        "a::int",
        "(SELECT 1)",
        "CASE WHEN a THEN 1 END",
    ]
)
TEXTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({})".format, inner),
        st.builds("lower({})".format, inner),
        st.builds("({}) = ({})".format, inner, inner),
        st.builds("({}) <> NULL".format, inner),
        st.builds("({}) IN (({}), 2)".format, inner, inner),
        st.builds("({}) BETWEEN ({}) AND 9".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("CASE WHEN {} THEN {} ELSE NULL END".format, inner, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
    ),
    max_leaves=6,
)


@given(TEXTS, st.text(alphabet="é☃x ", max_size=4))
def test_every_span_lies_in_the_text_with_balanced_brackets(text, noise):
    at = statement(f"/*{noise}*/ SELECT {text} AS x FROM t")
    whole = at.tree.expressions[0]
    assert at.source(whole.this) == text
    for node in whole.walk():
        start, end = at.span(node)
        assert 0 <= start < end <= len(at.text)
        assert at.text[start:end].count("(") == at.text[start:end].count(")")
