"""Where nodes stand is found out once for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.spans import Extents
from perftool.lint.statement import Statement
from perftool.sql.nodes import Node, exp
from perftool.sql.parsing import Engine

if TYPE_CHECKING:
    import pytest


def test_a_chain_of_findings_is_walked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "SELECT a" + " = NULL" * 60
    (tree,) = Engine("duckdb").parse(text)
    at = Statement(text, tree, "duckdb")
    looked: list[Node] = []
    of_one = Extents._of_one

    def counted(self: Extents, node: Node, placed: dict[int, tuple[int, int]]) -> tuple[int, int] | None:
        looked.append(node)
        return of_one(self, node, placed)

    monkeypatch.setattr(Extents, "_of_one", counted)
    nodes = list(tree.walk())
    spans = [at.span(node) for node in nodes]
    assert len(looked) == len(nodes)
    alone = [Statement(text, tree, "duckdb").span(node) for node in nodes]
    assert spans == alone
    assert at.source(next(iter(tree.find_all(exp.EQ)))) == text.removeprefix("SELECT ")
