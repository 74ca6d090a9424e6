"""The tokens that belong to a node beside those of its children: brackets, keywords, constants without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.lint.brackets import OPERATOR_WORDS
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.lint.brackets import Brackets, Range

_REACH: Final = 8
_LIMITS: Final = frozenset({"(", ")", ",", ";", "[", "]"})
_CALLED: Final = frozenset(
    {"cast", "try_cast", "safe_cast", "convert", "try_convert", "extract", "trim", "substring", "substr", "position",
     "ceil", "ceiling", "floor", "overlay", "decode", "string_agg", "listagg", "group_concat", "json_object",
     "json_objectagg", "json_arrayagg", "char", "chr", "initcap", "normalize", "match", "arg_max", "arg_min",
     "max_by", "min_by", "date_part", "exists", "any", "all", "some", "if", "date_add", "date_sub", "datediff"}
)  # fmt: skip
_TYPED: Final = frozenset(
    {"date", "time", "timestamp", "datetime", "timestamptz", "timestamp_ntz", "timestamp_tz", "json"}
)
_TYPE_WORDS: Final = frozenset(
    {"precision", "varying", "with", "without", "time", "zone", "unsigned", "signed", "local"}
)


class Site(NamedTuple):
    """A node whose children's tokens go from ``first`` to ``last``; ``placed`` are the ranges of nodes by their id."""

    node: Node
    first: int
    last: int
    placed: dict[int, Range]


def _paren(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    # The parser puts some brackets in itself, to keep its own precedence: those have no token.
    if at.word(first - 1) == "(" and at.pairs.get(first - 1, -1) > last:
        return first - 1, at.pairs[first - 1]
    return first, last


def _tuple(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    return at.enclosing(first, last, reach=4 * _REACH) or (first, last)


def _subquery(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    inner = site.placed.get(id(site.node.this))
    around = at.enclosing(*inner) if inner else None
    if around is None:
        return first, last
    # Its alias comes behind the bracket.
    return min(first, around[0]), max(last, around[1])


def called(at: Brackets, site: Site) -> Range:
    """Take in the name and the brackets of what is called but has a grammar of its own: CAST, EXTRACT, TRIM …"""
    first, last = site.first, site.last
    around = at.enclosing(first, last, reach=_REACH)
    if around is not None and at.word(around[0] - 1) in _CALLED:
        return around[0] - 1, around[1]
    return first, last


def _quantified(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    first, last = called(at, site)
    return (first - 1 if at.word(first - 1) in ("exists", "any", "all", "some") else first), last


def _cast(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    if at.word(first - 1) in _TYPED and first == last:
        return first - 1, last
    if at.word(last + 1) == "::":
        last += 2
        while at.word(last + 1) in _TYPE_WORDS:
            last += 1
        while at.word(last + 1) in ("(", "["):
            last = at.pairs.get(last + 1, last + 1)
        return first, min(last, len(at.words) - 1)
    return called(at, Site(site.node, first, last, site.placed))


def _interval(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    unit = site.node.args.get("unit")
    name = unit.name.lower().rstrip("s") if isinstance(unit, Node) else ""
    if name and at.word(last + 1).rstrip("s") == name:
        last += 1
    return (first - 1 if at.word(first - 1) == "interval" else first), last


def _case(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    start = next((i for i in range(first - 1, first - _REACH, -1) if at.word(i) == "case"), first)
    depth = 1
    for index in range(last + 1, min(last + 2 * _REACH, len(at.words))):
        depth += {"case": 1, "end": -1}.get(at.words[index], 0)
        if not depth:
            return start, index
    return start, last


def _not(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    return (first - 1 if at.word(first - 1) == "not" else first), last


def _negative(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    return (first - 1 if at.word(first - 1) in ("-", "~") else first), last


def _bracket(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    if last == site.placed.get(id(site.node.this), (0, -1))[1] and at.word(last + 1) == "[":
        # An index is counted anew by the parser and loses its place.
        last = at.pairs.get(last + 1, last)
    return first, last


def _window(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    index = last + 1
    while at.word(index) in ("ignore", "respect", "nulls"):
        index += 1
    if at.word(index) == "over" and index + 1 < len(at.words):
        return first, at.operand_after(index + 1)
    return first, last


def _in(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    if id(site.node.this) not in site.placed:
        around = at.enclosing(first, last, reach=_REACH)
        if around is None or at.word(around[0] - 1) != "in":
            return first, last
        before = around[0] - 2 - (at.word(around[0] - 2) == "not")
        return (at.operand_before(before) if before >= 0 else first), around[1]
    index = site.placed[id(site.node.this)][1] + 1
    index += at.word(index) == "not"
    if at.word(index) == "in" and at.word(index + 1) == "(":
        last = max(last, at.pairs.get(index + 1, last))
    return first, last


def _between(at: Brackets, site: Site) -> Range:
    first, last = site.first, site.last
    if id(site.node.this) not in site.placed and at.word(first - 1) == "between":
        before = first - 2 - (at.word(first - 2) == "not")
        first = at.operand_before(before) if before >= 0 else first
    if id(site.node.args.get("high")) in site.placed:
        return first, last
    for index in range(last + 1, min(last + _REACH, len(at.words) - 1)):
        if at.words[index] == "and":
            return first, at.operand_after(index + 1)
    return first, last


def binary(at: Brackets, site: Site) -> Range:
    """Take in NULL, TRUE, a parameter or another operand without a place, on either side of the operator."""
    first, last = site.first, site.last
    left, right = id(site.node.this) in site.placed, id(site.node.args.get("expression")) in site.placed
    if left and not right:
        index = last + 1
        if at.word(index) in ("isnull", "notnull"):
            return first, index
        while _is_operator(at, index):
            index += 1
        if last + 1 < index < len(at.words) and (at.word(index) not in _LIMITS or at.word(index) == "("):
            last = at.operand_after(index)
    elif right and not left:
        index = first - 1
        while _is_operator(at, index):
            index -= 1
        if 0 <= index < first - 1 and at.word(index) not in _LIMITS - {")"}:
            first = at.operand_before(index)
    return first, last


def _is_operator(at: Brackets, index: int) -> bool:
    if not 0 <= index < len(at.words):
        return False
    word = at.words[index]
    return word in OPERATOR_WORDS or (at.tokens[index].kind == "operator" and word not in _LIMITS)


COMPLETE: Final[dict[type[Node], Callable[[Brackets, Site], Range]]] = {
    exp.Paren: _paren,
    exp.Tuple: _tuple,
    exp.Subquery: _subquery,
    exp.Exists: _quantified,
    exp.Any: _quantified,
    exp.All: _quantified,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Interval: _interval,
    exp.Case: _case,
    exp.Not: _not,
    exp.Neg: _negative,
    exp.BitwiseNot: _negative,
    exp.Bracket: _bracket,
    exp.Window: _window,
    exp.In: _in,
    exp.Between: _between,
}
