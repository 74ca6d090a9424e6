"""Trees that are taken apart leave nothing for the garbage collector."""

from __future__ import annotations

import gc

import pytest

from perftool.lint.sources import sources
from perftool.sql.nodes import Node, exp
from perftool.sql.parsing import Engine
from perftool.sql.releasing import release

TEXTS = [
    "SELECT a.x, count(*) AS n FROM t AS a LEFT JOIN u ON a.id = u.id WHERE a.y IN (1, 2) GROUP BY a.x ORDER BY n",
    "WITH c AS (SELECT 1 AS a UNION SELECT CAST(b AS DECIMAL(10, 2)) FROM d) INSERT INTO t (a) SELECT a FROM c",
    "CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(20) NOT NULL REFERENCES u (b))",
    "UPDATE t SET a = CASE WHEN b THEN 1 ELSE 2 END FROM u WHERE t.id = u.id",
]


def nodes() -> int:
    return sum(isinstance(one, Node) for one in gc.get_objects())


@pytest.mark.usefixtures("few_objects")
@pytest.mark.parametrize("text", TEXTS)
def test_a_released_tree_needs_no_collector(text: str) -> None:
    engine = Engine("postgres")
    release(engine.parse(text))
    gc.collect()
    gc.disable()
    try:
        before = nodes()
        trees = engine.parse(text)
        for tree in trees:
            # What is remembered with a query holds its nodes.
            assert all(sources(query) for query in tree.find_all(exp.Select) if query.args.get("from_"))
        whole = nodes() - before
        release(trees)
        trees.clear()
        tree = None
        # The parser itself drops some on its way.
        assert nodes() - before < whole / 4, (nodes() - before, whole)
    finally:
        gc.enable()


def test_nothing_and_a_leaf() -> None:
    release([])
    release([exp.Literal.number(1)])
