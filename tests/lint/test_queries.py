import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint import queries
from perftool.sql.nodes import exp
from perftool.sql.parsing import Engine


def parsed(sql, dialect="postgres"):
    return Engine(dialect).parse(sql)[0]


def shape(sql, dialect="postgres"):
    """Name, kind and whether it is optional, of each source of the outermost query."""
    return [(s.name, s.kind, s.optional) for s in queries.sources(parsed(sql, dialect))]


def of(sql, column, dialect="postgres"):
    """Return the name of the source of the first column called ``column``, None where it is not decided."""
    tree = parsed(sql, dialect)
    node = next(one for one in tree.find_all(exp.Column) if one.name == column)
    found = queries.source_of(node, queries.query_of(node))
    return found and found.name


def test_sources_come_in_the_order_of_the_text():
    sql = "SELECT 1 FROM a, b AS x JOIN s.c ON true LEFT JOIN (SELECT 1 AS n) d ON true, unnest(a.v) AS u(e)"
    assert shape(sql) == [
        ("a", "table", False),
        ("x", "table", False),
        ("c", "table", False),
        ("d", "derived", True),
        ("u", "function", False),
    ]


def test_outer_joins_make_a_side_optional():
    assert [o for _, _, o in shape("SELECT 1 FROM a LEFT JOIN b ON true")] == [False, True]
    assert [o for _, _, o in shape("SELECT 1 FROM a RIGHT JOIN b ON true")] == [True, False]
    assert [o for _, _, o in shape("SELECT 1 FROM a FULL JOIN b ON true JOIN c ON true")] == [True, True, False]


def test_brackets_around_joins_are_looked_into():
    sql = "SELECT 1 FROM a LEFT JOIN (b JOIN c ON b.id = c.id) ON a.id = b.id"
    assert shape(sql) == [("a", "table", False), ("b", "table", True), ("c", "table", True)]
    sql = "SELECT 1 FROM a JOIN (b RIGHT JOIN c ON b.id = c.id) ON a.id = c.id"
    assert shape(sql) == [("a", "table", False), ("b", "table", True), ("c", "table", False)]


def test_an_alias_of_brackets_hides_what_is_in_them():
    sql = "SELECT 1 FROM ((SELECT a FROM t) b JOIN c ON b.a = c.a) x JOIN (d JOIN e ON true) ON true"
    found = queries.sources(parsed(sql))
    assert [(s.name, s.columns) for s in found] == [("x", None), ("d", None), ("e", None)]


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("SELECT 1 FROM t, UNNEST(t.v) AS x", "bigquery"),
        ("SELECT 1 FROM t, t.v AS x", "bigquery"),
        ("SELECT 1 FROM t, LATERAL FLATTEN(input => t.v) x", "snowflake"),
        ("SELECT 1 FROM t, LATERAL (SELECT t.a) x", "postgres"),
        ("SELECT 1 FROM t, generate_series(1, 3) AS x", "postgres"),
        ("SELECT 1 FROM t CROSS APPLY OPENJSON(t.v) AS x", "tsql"),
        ("SELECT 1 FROM t LATERAL VIEW explode(t.v) x AS e", "spark"),
    ],
)
def test_what_is_computed_per_row_is_a_function(sql, dialect):
    assert [(name, kind) for name, kind, _ in shape(sql, dialect)] == [("t", "table"), ("x", "function")]


def test_update_delete_and_merge_read_their_table_too():
    assert [s[0] for s in shape("UPDATE t SET a = s.a FROM s WHERE t.id = s.id")] == ["t", "s"]
    assert [s[0] for s in shape("DELETE FROM t USING s, r WHERE t.id = s.id")] == ["t", "s", "r"]
    assert [s[0] for s in shape("MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE")] == ["t", "s"]


def test_common_tables_are_seen_from_inside_and_outside():
    assert shape("WITH x AS (SELECT 1 AS a) SELECT a FROM x")[0][1] == "cte"
    assert shape("WITH x AS (SELECT 1 AS a) SELECT a FROM s.x")[0][1] == "table"
    inner = parsed("WITH x AS (SELECT a FROM t) SELECT (SELECT max(a) FROM x) AS m FROM r").find(exp.Subquery)
    assert queries.sources(inner.this)[0].kind == "cte"


def test_a_common_table_sees_those_before_it_but_not_itself():
    first, second = parsed("WITH x AS (SELECT a FROM x), y AS (SELECT a FROM x) SELECT a FROM y").find_all(exp.CTE)
    assert queries.sources(first.this)[0].kind == "table"
    assert queries.sources(second.this)[0].kind == "cte"
    later = parsed("WITH x AS (SELECT a FROM y), y AS (SELECT 1 AS a) SELECT a FROM x").find(exp.CTE)
    assert queries.sources(later.this)[0].kind == "table"


def test_recursive_ones_see_all_of_their_clause():
    tree = parsed(
        "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT x.a FROM x, y), y AS (SELECT 1 AS b) SELECT 1 FROM x"
    )
    arm = tree.find(exp.Union).expression
    assert [s.kind for s in queries.sources(arm)] == ["cte", "cte"]


def test_recursion_needs_no_word_in_tsql_and_oracle():
    sql = "WITH x AS (SELECT a FROM t UNION ALL SELECT x.a FROM x JOIN t ON t.p = x.a) SELECT a FROM x"
    assert queries.sources(parsed(sql, "tsql").find(exp.Union).expression)[0].kind == "cte"
    sql = "WITH t AS (SELECT a FROM t UNION ALL SELECT b FROM t) SELECT a FROM t"
    assert queries.sources(parsed(sql).find(exp.Union).expression)[0].kind == "table"


def test_the_nearest_common_table_of_a_name_counts():
    sql = "WITH x AS (SELECT 1 AS a) SELECT 1 FROM (WITH x AS (SELECT 2 AS b) SELECT b FROM x) s"
    inner = parsed(sql).find(exp.Subquery).this
    assert queries.sources(inner)[0].columns == ("b",)


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT a, t.b, c AS d FROM t", ("a", "b", "d")),
        ('SELECT A, "A" FROM t', ("a", "A")),
        ("SELECT a FROM t UNION SELECT b FROM u", ("a",)),
        ("(SELECT a FROM t) UNION ALL SELECT b FROM u", ("a",)),
        ("SELECT count(*), a FROM t", ("", "a")),
        ("SELECT * FROM t", None),
        ("SELECT t.*, a FROM t", None),
        ("VALUES (1, 2)", None),
    ],
)
def test_output_columns(query, columns):
    assert queries.output_columns(parsed(query)) == columns


def test_aliases_rename_the_first_columns():
    (source,) = queries.sources(parsed("SELECT 1 FROM (SELECT a, b FROM t) AS x (c)"))
    assert source.columns == ("c", "b")
    (source,) = queries.sources(parsed("WITH x (c, d) AS (SELECT a, b FROM t) SELECT 1 FROM x"))
    assert source.columns == ("c", "d")
    (source,) = queries.sources(parsed("SELECT 1 FROM t AS x (c)"))
    assert source.columns is None


def test_a_pivot_hides_the_columns():
    sql = "SELECT 1 FROM (SELECT a, b FROM t) PIVOT (sum(a) FOR b IN ('x', 'y')) AS p"
    assert queries.sources(parsed(sql, "snowflake"))[0].columns is None


def test_source_of():
    assert of("SELECT a.x FROM a, b", "x") == "a"
    assert of("SELECT x FROM a", "x") == "a"
    assert of("SELECT x FROM a, b", "x") is None
    assert of("SELECT y FROM (SELECT x FROM t) a, (SELECT y FROM t) b", "y") == "b"
    assert of("SELECT x FROM (SELECT x FROM t) a, b", "x") is None
    assert of("SELECT (SELECT a.x FROM b) AS y FROM a", "x") is None
    assert of('SELECT "A".x FROM a', "x") is None


def test_conjuncts_and_tests_look_through_brackets():
    where = parsed("SELECT 1 FROM t WHERE a AND (b AND (c OR d)) AND NOT (e)").args["where"].this
    assert [one.sql() for one in queries.conjuncts(where)] == ["a", "b", "c OR d", "NOT (e)"]
    assert [one.sql() for one in queries.tests(where)] == ["a", "b", "c", "d", "e"]
    assert [one.sql() for one in queries.disjuncts(parsed("SELECT a OR (b OR c AND d)").expressions[0])] == [
        "a",
        "b",
        "c AND d",
    ]
    assert list(queries.conjuncts(None)) == list(queries.tests(None)) == []


def test_conditions_leave_outer_and_anti_joins_out():
    sql = "SELECT 1 FROM a JOIN b ON p LEFT JOIN c ON q WHERE r"
    assert {one.sql() for one in queries.conditions(parsed(sql))} == {"p", "r"}
    anti = parsed("SELECT 1 FROM a LEFT ANTI JOIN b ON p WHERE r", "spark")
    assert {one.sql() for one in queries.conditions(anti)} == {"r"}


def test_columns_of_set_operations_are_in_no_single_query():
    tree = parsed("SELECT 1 FROM (SELECT a FROM t UNION SELECT b FROM u ORDER BY c) s")
    node = next(one for one in tree.find_all(exp.Column) if one.name == "c")
    assert queries.reading(node) is None


def test_constants_and_only_columns():
    def expression(sql):
        return parsed(f"SELECT {sql} FROM t").expressions[0]

    assert queries.is_constant(expression("lower('A') || $1"))
    assert not queries.is_constant(expression("lower(a)"))
    assert not queries.is_constant(expression("(SELECT 1)"))
    assert queries.only_column(expression("lower(t.a) || 'x'")).sql() == "t.a"
    assert queries.only_column(expression("a || b")) is None
    assert queries.only_column(expression("sum(a)")) is None


NAMES = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5), NAMES)
def test_a_common_table_is_one_that_stands_before(tables, last):
    """Whatever the order of names: a table is a common one exactly if its name was defined before."""
    body = ", ".join(f"{name} AS (SELECT 1 AS k FROM {read})" for name, read in tables)
    tree = parsed(f"WITH {body} SELECT k FROM {last}")
    defined = set()
    for (name, read), common in zip(tables, tree.args["with_"].expressions, strict=True):
        assert (queries.sources(common.this)[0].kind == "cte") == (read in defined)
        defined.add(name)
    assert (queries.sources(tree)[0].kind == "cte") == (last in defined)


def test_own_columns_are_not_those_of_queries_inside():
    sql = (
        "WITH x AS (SELECT a FROM t) SELECT b, (SELECT c FROM u) AS n FROM x JOIN y ON lower(x.d) = e "
        "WHERE f IN (SELECT g FROM h)"
    )
    assert [one.name for one in queries.own_columns(parsed(sql))] == ["b", "d", "e", "f"]


def test_the_query_whose_row_a_subquery_sees():
    def outer(sql):
        tree = parsed(sql)
        inner = next(one for one in tree.find_all(exp.Select) if one.args["from_"].this.name == "i")
        found = queries.outer_of(inner)
        return found and found.args["from_"].this.name

    assert outer("SELECT (SELECT a FROM i) AS n FROM o") == "o"
    assert outer("SELECT 1 FROM o WHERE EXISTS (SELECT 1 FROM i UNION SELECT 2 FROM j)") == "o"
    assert outer("SELECT 1 FROM o, LATERAL (SELECT a FROM i) AS s") == "o"
    assert outer("SELECT 1 FROM o WHERE EXISTS (SELECT 1 FROM m JOIN (SELECT a FROM i) s ON true)") == "o"
    assert outer("SELECT 1 FROM (SELECT a FROM i) AS s") is None
    assert outer("WITH c AS (SELECT a FROM i) SELECT 1 FROM c") is None
