import pytest

from perftool.lint.comparisons import filter_of, fixed_columns, is_catalog, is_key_like, table_read
from perftool.lint.join_keys import is_plain, key_of
from perftool.lint.queries import source_of
from perftool.sql.actions import Name
from perftool.sql.nodes import exp
from perftool.sql.parsing import Engine


def parsed(sql: str, dialect: str = "postgres"):
    return Engine(dialect).parse(sql)[0]


def filters(sql: str) -> list[str]:
    """Return the columns that lower() is asked of in filters."""
    return [
        found.column.sql()
        for node in parsed(sql).find_all(exp.Lower, bfs=False)
        if (found := filter_of(node)) is not None
    ]


def test_filters_stand_in_where_and_in_the_on_of_inner_joins():
    assert filters("SELECT lower(a) FROM t WHERE ((lower(b)) = 'x' OR c = 1) AND 'y' < lower(c)") == ["b", "c"]
    assert filters("SELECT 1 FROM t JOIN u ON u.t = t.k AND lower(u.a) = 'x'") == ["u.a"]
    assert filters("SELECT 1 FROM t LEFT JOIN u ON u.t = t.k AND lower(u.a) = 'x'") == []
    assert filters("UPDATE t SET a = lower(b) WHERE lower(c) LIKE 'x%'") == ["c"]
    assert filters("SELECT 1 FROM t WHERE lower(a) = b OR lower(a || b) = 'x' OR lower(a) IN (SELECT 'x')") == []


def test_a_filter_knows_its_table_and_what_is_fixed_besides():
    tree = parsed("SELECT 1 FROM s.t AS x, u WHERE lower(x.a) = 'a' AND x.b = 1 AND u.c IN (1, 2) AND x.d = u.d")
    found = filter_of(tree.find(exp.Lower))
    assert found is not None
    assert found.table == Name("t", "s")
    assert found.equal == ("b",)
    assert not found.turned
    assert found.facts("lower(x.a)")["expression"] == "lowera"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM t WHERE a = 1 AND b = $1 AND 'x' = c AND d IN (1, 2)", ["a", "b", "c", "d"]),
        ("SELECT 1 FROM t WHERE a = b AND c > 1 AND (d = 1 OR e = 1) AND f IN (SELECT 1)", []),
        ("SELECT 1 FROM t JOIN u ON u.a = t.a AND u.b = 1", ["u.b"]),
        ("SELECT 1 FROM t LEFT JOIN u ON u.b = 1", []),
        ("SELECT 1 FROM t WHERE t.a = outside.a", ["t.a"]),
    ],
)
def test_fixed_columns(sql, expected):
    assert [column.sql() for column in fixed_columns(parsed(sql))] == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM t WHERE a = 1",
        'SELECT 1 FROM s."T" WHERE a = 1',
        "SELECT 1 FROM t AS x JOIN u ON true WHERE x.a = 1",
        "SELECT 1 FROM t JOIN s.u y ON true WHERE y.a = 1",
        "WITH t AS (SELECT 1 AS a) SELECT 1 FROM t WHERE a = 1",
        "SELECT 1 FROM (SELECT 1 AS a) t WHERE t.a = 1",
        "SELECT 1 FROM t, u WHERE a = 1",
        "SELECT 1 FROM t WHERE outside.a = 1",
        "UPDATE t SET b = 2 WHERE a = 1",
        "UPDATE t SET b = 2 FROM u WHERE u.a = 1",
        "DELETE FROM s.t WHERE t.a = 1",
    ],
)
def test_the_quick_way_to_a_table_agrees_with_the_thorough_one(sql):
    tree = parsed(sql)
    column = next(one for one in tree.find_all(exp.Column) if one.name == "a")
    query = tree if not isinstance(tree, exp.Query) else tree.find(exp.Where).parent
    source = source_of(column, query)
    quick = table_read(column, query)
    assert quick is None or quick == source.table
    if source is not None and source.table is not None and " FROM u " not in sql:
        assert quick == source.table


def test_keys_of_joins_name_both_sides():
    def on(text: str):
        return parsed(f"SELECT 1 FROM a JOIN b ON {text}").find(exp.Join).args["on"]

    assert key_of(on("a.x = b.y")) == {("a", "x"), ("b", "y")}
    assert key_of(on("lower(a.x) = b.y || b.z")) == {("a", "x"), ("b", "y"), ("b", "z")}
    for text in ("a.x = 1", "a.x = a.y", "x = b.y", "a.x > b.y", "a.x + b.x = b.y"):
        assert key_of(on(text)) is None
    assert is_plain(on("a.x = b.y"))
    assert not is_plain(on("lower(a.x) = b.y"))
    assert not is_plain(None)


def test_names_tell_keys_and_catalogs():
    assert is_key_like("id")
    assert is_key_like("order_id")
    assert is_key_like("userId")
    assert not is_key_like("paid")
    assert not is_key_like("identity")
    assert is_catalog(Name("objects", "sys"))
    assert is_catalog(Name("sysjobs", "msdb.dbo"))
    assert is_catalog(Name("pg_class"))
    assert not is_catalog(Name("system", "app"))
