"""Parse: what kind of statement it is, and how large its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.batch.api import Operation
from perftool.sql.kinds import kind_of
from perftool.sql.tokens import lex

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.batch.api import Parser, Settings
    from perftool.sql.nodes import Node


def _make(settings: Settings, parser: Parser) -> Callable[[str], dict[str, Any]]:
    dialect = settings.dialect

    def parse(text: str) -> dict[str, Any]:
        nodes, depth = 0, 0
        for tree in parser.trees(text):
            more, deepest = measured(tree)
            nodes, depth = nodes + more, max(depth, deepest)
        return {"kind": kind_of(lex(text, dialect)), "nodes": nodes, "depth": depth}

    return parse


def measured(tree: Node) -> tuple[int, int]:
    """Return the number of nodes of ``tree`` and the nodes on the longest way from its root to a leaf."""
    nodes, depth, level = 0, 0, [tree]
    while level:
        nodes += len(level)
        depth += 1
        level = [child for node in level for child in node.iter_expressions()]
    return nodes, depth


OPERATION = Operation("parse", "kind of statement, nodes and depth of its tree", ("kind", "nodes", "depth"), _make)
