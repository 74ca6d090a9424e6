"""The walk meets what sqlglot's own does, in its order, and leaves out what nobody asks about."""

from __future__ import annotations

import gc

import pytest

from perftool.lint import catalog, queries
from perftool.lint.api import Rule
from perftool.lint.sources import sources
from perftool.lint.walking import Walker
from perftool.sql.nodes import Node, exp
from perftool.sql.parsing import Engine
from perftool.sql.releasing import empty

STATEMENTS = [
    "SELECT t.*, lower(a) AS b FROM t JOIN u ON t.id = u.id WHERE a IN (SELECT x FROM v) AND NOT b LIKE '%x' OR c = 1",
    "WITH c AS (SELECT 1 AS a UNION SELECT 2) SELECT * FROM c AS d ORDER BY a, random() LIMIT 5 OFFSET 10",
    "INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL) ON CONFLICT DO NOTHING",
    "UPDATE t SET a = CASE WHEN b > 1 THEN 2 END FROM u WHERE u.id = t.id",
    "CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(20) DEFAULT lower('X') CHECK (b <> NULL))",
    "CREATE VIEW v AS SELECT CAST(a AS date) FROM t GROUP BY 1",
    "TABLE t",
    "DROP TABLE t",
]


def _tree(text: str) -> Node:
    return Engine("postgres").parse(text)[0]


def _rule(code: str, *classes: type[Node], queries: bool = False) -> Rule:
    return Rule(
        code=code,
        name=code.lower(),
        severity="info",
        sets=frozenset({"all"}),
        queries=queries,
        nodes=dict.fromkeys(classes, lambda node, at: ()),
    )


def _met(rules: list[Rule], text: str) -> list[Node]:
    return [node for node, _ in Walker("postgres", rules).walk(_tree(text)).asked]


@pytest.mark.parametrize("text", STATEMENTS)
def test_every_node_that_a_rule_asks_about_is_met_in_the_order_of_the_text(text: str) -> None:
    built_in = [rule for rule in catalog.rules().values() if rule.dialects is None or "postgres" in rule.dialects]
    everywhere = [rule for rule in built_in if not rule.queries or not text.startswith(("CREATE TABLE", "DROP"))]
    asked = {node for rule in everywhere for node in rule.nodes}
    wanted = [node for node in _tree(text).walk(bfs=False) if node.__class__ in asked]
    assert [repr(node) for node in _met(built_in, text)] == [repr(node) for node in wanted]


@pytest.mark.parametrize("asked", [exp.Identifier, exp.Literal, exp.Null, exp.Column, exp.Star, exp.DataType])
def test_names_constants_and_columns_are_met_where_a_rule_asks_about_them(asked: type[Node]) -> None:
    for text in STATEMENTS:
        wanted = [node.sql() for node in _tree(text).walk(bfs=False) if node.__class__ is asked]
        assert [node.sql() for node in _met([_rule("X001", asked)], text)] == wanted


def test_a_rule_on_queries_is_not_asked_about_a_definition_without_one() -> None:
    on_queries, on_all = _rule("X001", exp.EQ, queries=True), _rule("X002", exp.EQ)
    walker = Walker("postgres", [on_queries, on_all])
    ((_, handlers),) = walker.walk(_tree("CREATE TABLE t (a INT CHECK (a = 1))")).asked
    assert [code for code, _ in handlers] == ["X002"]
    ((_, handlers),) = walker.walk(_tree("CREATE VIEW v AS SELECT 1 AS a FROM t WHERE a = 1")).asked
    assert [code for code, _ in handlers] == ["X001", "X002"]


def test_the_handlers_of_a_class_come_in_the_order_of_the_rules_and_only_for_their_dialects() -> None:
    other = Rule(
        code="X000",
        name="other",
        severity="info",
        sets=frozenset({"all"}),
        dialects=frozenset({"mysql"}),
        nodes={exp.Select: lambda node, at: ()},
    )
    tree = _tree("SELECT 1")
    walker = Walker("postgres", [other, _rule("X002", exp.Select), _rule("X001", exp.Select)])
    ((node, handlers),) = walker.walk(tree).asked
    assert node is tree
    assert [code for code, _ in handlers] == ["X002", "X001"]


@pytest.mark.parametrize("text", [*STATEMENTS, "SELECT a, (SELECT b FROM u WHERE c = d) FROM t WHERE e = (f + 1) * g"])
def test_the_columns_of_each_query_are_its_own(text: str) -> None:
    tree = _tree(text)
    met = Walker("postgres", []).walk(tree)
    for query in tree.find_all(exp.Select, exp.SetOperation):
        assert [id(one) for one in met.columns[id(query)]] == [id(one) for one in queries.own_columns(query)]


def test_classes_and_tables_are_told_whether_a_rule_asks_about_them_or_not() -> None:
    tree = _tree("SELECT a FROM t JOIN (SELECT b FROM u) AS v ON a = b")
    for rules in ([], [_rule("X001", exp.Table)]):
        met = Walker("postgres", rules).walk(tree)
        assert met.classes == {exp.Select, exp.Table, exp.Join, exp.Subquery}
        assert {one.name for one in met.of(exp.Table)} == {"t", "u"}


@pytest.mark.usefixtures("few_objects")
@pytest.mark.parametrize("text", STATEMENTS)
def test_a_tree_falls_apart_when_what_was_met_inside_is_emptied(text: str) -> None:
    engine, walker = Engine("postgres"), Walker("postgres", [])
    gc.collect()
    gc.disable()
    try:
        before = _nodes()
        trees = engine.parse(text)
        # What is remembered with a query holds its nodes.
        assert all(sources(query) for query in trees[0].find_all(exp.Select) if query.args.get("from_"))
        whole = _nodes() - before
        met = walker.walk(trees[0])
        trees.clear()
        empty(met.insides)
        del met
        # The parser itself drops some on its way.
        assert _nodes() - before < max(whole / 4, 2), (_nodes() - before, whole)
    finally:
        gc.enable()


def _nodes() -> int:
    return sum(isinstance(one, Node) for one in gc.get_objects())
