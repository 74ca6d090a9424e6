"""Arrays that stand in FROM like tables: ``FROM t, t.items``, which BigQuery and Redshift unnest.

sqlglot makes UNNEST of them while it parses. For that it copies whatever each query reads from, subqueries and all,
which takes a third of the time of parsing such dialects. So it is told not to, and is asked afterwards about those
queries alone that may have such a join.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token


def unnests(parser: Any) -> bool:
    """Say whether ``parser`` is one of sqlglot's that look for such joins."""
    return bool(parser.SUPPORTS_IMPLICIT_UNNEST)


def parse(parser: Any, tokens: list[Token], text: str) -> list[Expr | None]:
    """Return what ``parser.parse`` returns; raises: what that raises."""
    kind = type(parser)
    kind.SUPPORTS_IMPLICIT_UNNEST = False
    try:
        trees: list[Expr | None] = parser.parse(tokens, text)
    finally:
        kind.SUPPORTS_IMPLICIT_UNNEST = True
    for tree in trees:
        for query in _queries(tree, text) if tree is not None else ():
            if any(_may_be_array(join) for join in query.args.get("joins") or ()):
                parser._implicit_unnests_to_explicit(query)  # noqa: SLF001  the step itself, as this version does it
    return trees


def _may_be_array(join: Expr) -> bool:
    from sqlglot import exp

    table = join.this
    return isinstance(table, exp.Table) and not join.args.get("on") and len(table.parts) > 1


def _queries(tree: Expr, text: str) -> Iterator[Expr]:
    """Yield what reads from something, level by level: when as many were met as FROM is written, there are no more."""
    # Steps of a pipe are made queries of their own, whose FROM nobody wrote.
    left = len(text) if "|>" in text else text.lower().count("from")
    leaves = _leaves()
    nodes: list[Any] = [tree]
    for node in nodes:
        args = getattr(node, "args", None) or {}
        if args.get("from_") is not None:
            yield node
            left -= 1
            if left <= 0:
                return
        for value in args.values():
            if value.__class__ is list:
                nodes += [one for one in value if one.__class__ not in leaves]
            elif value.__class__ not in leaves:
                nodes.append(value)


@functools.cache
def _leaves() -> frozenset[type]:
    """Return the classes of what holds no query."""
    from sqlglot import exp

    return frozenset({
        type(None), bool, str, int, float, exp.DType, exp.Identifier, exp.Column, exp.Literal, exp.Star, exp.Null,
        exp.Boolean, exp.Var
    })  # fmt: skip
