"""Where a node stands in its text: the places that sqlglot notes, completed from the tokens around them.

sqlglot notes places of names, literals and functions only. Brackets, keywords and constants around them (CASE … END,
CAST(…), NOT, NULL, ?) have none, so each kind of node says here which tokens beside its children belong to it.
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.sql.tokens import Lexeme

Range: TypeAlias = tuple[int, int]
"""The first and the last of some tokens."""

_REACH: Final = 8
_OPENING: Final = {"(": ")", "[": "]"}
_LIMITS: Final = frozenset({"(", ")", ",", ";", "[", "]"})
_OPERATOR_WORDS: Final = frozenset(
    {"and", "or", "xor", "is", "not", "like", "ilike", "rlike", "regexp", "glob", "similar", "to", "distinct", "from",
     "div", "mod", "escape", "at", "time", "zone", "collate", "overlaps", "binary", "global"}
)  # fmt: skip
_CALLED: Final = frozenset(
    {"cast", "try_cast", "safe_cast", "convert", "try_convert", "extract", "trim", "substring", "substr", "position",
     "ceil", "ceiling", "floor", "overlay", "decode", "string_agg", "listagg", "group_concat", "json_object",
     "json_objectagg", "json_arrayagg", "char", "chr", "initcap", "normalize", "match", "arg_max", "arg_min",
     "max_by", "min_by", "date_part", "exists", "any", "all", "some", "if", "date_add", "date_sub", "datediff"}
)  # fmt: skip
_NO_FUNCTIONS: Final = _OPERATOR_WORDS | {
    "in", "on", "where", "when", "then", "else", "case", "select", "by", "having", "join", "between", "as", "values",
    "using", "over", "filter", "limit", "offset", "set", "qualify", "union", "except", "intersect", "returning", "with",
}  # fmt: skip
_TYPED: Final = frozenset(
    {"date", "time", "timestamp", "datetime", "timestamptz", "timestamp_ntz", "timestamp_tz", "json"}
)
_UNITS: Final = frozenset(
    {"year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"}
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


class Extents:
    """The tokens of one text with what is needed to go from a node to its tokens.

    cost: ``of`` is linear in the nodes below and the tokens between them.
    """

    def __init__(self, tokens: Sequence[Lexeme]) -> None:
        self.words = [token.text.lower() for token in tokens]
        self.tokens = tokens
        self.pairs = _pairs(self.words)
        self._starts = [token.start for token in tokens]

    def of(self, node: Node) -> Range | None:
        """Return the tokens that ``node`` is written with; None where nothing of it has a place."""
        placed: dict[int, Range] = {}
        # Whatever is below a node comes after it in this walk: backwards, children are known before their parents.
        for one in reversed(list(node.walk(bfs=False))):
            found = self._of_one(one, placed)
            if found is not None:
                placed[id(one)] = found
        return placed.get(id(node))

    def _of_one(self, node: Node, placed: dict[int, Range]) -> Range | None:
        own = self._own(node)
        parts = [own] if own is not None else []
        for child in node.iter_expressions():
            part = placed.get(id(child))
            if part is not None:
                parts.append(part)
        if not parts:
            return None
        first, last = parts[0] if len(parts) == 1 else self._together(parts)
        complete = _COMPLETE.get(node.__class__)
        if complete is not None:
            return complete(self, Site(node, first, last, placed))
        if own is None and isinstance(node, exp.Binary):
            return _binary(self, Site(node, first, last, placed))
        if own is None and isinstance(node, exp.Func):
            return _called(self, Site(node, first, last, placed))
        return first, last

    def _own(self, node: Node) -> Range | None:
        start = node.meta_get("start")
        if start is None:
            return None
        index = bisect.bisect_right(self._starts, start) - 1
        if index < 0:
            return None
        if isinstance(node, exp.Func) and self.word(index + 1) == "(":
            return index, self.pairs.get(index + 1, index)
        return index, index

    def _together(self, parts: list[Range]) -> Range:
        """Return the range of several: brackets that stand between them are taken in with their partners."""
        parts.sort()
        first, last = parts[0]
        close = last
        for start, end in parts[1:]:
            for index in range(last + 1, start):
                partner = self.pairs.get(index)
                if partner is None:
                    continue
                if partner < first:
                    first = self.with_function(partner)
                close = max(close, partner)
            last = max(last, end)
        return first, max(last, close)

    def word(self, index: int) -> str:
        """Return the token at ``index`` in lower case, "" beyond the ends."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def with_function(self, opening: int) -> int:
        """Return where the function starts whose bracket is at ``opening``; ``opening`` itself if it is none's."""
        before = opening - 1
        if before >= 0 and self.tokens[before].kind in ("word", "quoted") and self.words[before] not in _NO_FUNCTIONS:
            return before
        return opening

    def enclosing(self, first: int, last: int, reach: int | None = None) -> Range | None:
        """Return the innermost round brackets around a range, looking at ``reach`` tokens before it at most."""
        index = first - 1
        while index >= 0 and (reach is None or index >= first - reach):
            word = self.words[index]
            if word in (")", "]"):
                index = self.pairs.get(index, 0) - 1
            elif word == "(":
                close = self.pairs.get(index, -1)
                return (index, close) if close > last else None
            elif word in (";", "["):
                return None
            else:
                index -= 1
        return None

    def operand_after(self, index: int) -> int:
        """Return the last token of the operand that begins at ``index`` behind an operator."""
        if self.word(index) == "(":
            return self.pairs.get(index, index)
        if self.word(index) == "interval" and index + 1 < len(self.words):
            return index + 1 + (self.word(index + 2).rstrip("s") in _UNITS)
        if self.word(index + 1) == "(" and self.tokens[index].kind in ("word", "quoted"):
            return self.pairs.get(index + 1, index)
        return index


def _pairs(words: Sequence[str]) -> dict[int, int]:
    """Return for each bracket where its partner is; a bracket that fits none is left out."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for index, word in enumerate(words):
        if word in _OPENING:
            stack.append(index)
        elif word in (")", "]") and stack and _OPENING[words[stack[-1]]] == word:
            opening = stack.pop()
            pairs[opening] = index
            pairs[index] = opening
    return pairs


def _paren(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    # The parser puts some brackets in itself, to keep its own precedence: those have no token.
    if at.word(first - 1) == "(" and at.pairs.get(first - 1, -1) > last:
        return first - 1, at.pairs[first - 1]
    return first, last


def _tuple(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    return at.enclosing(first, last, reach=4 * _REACH) or (first, last)


def _subquery(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    inner = site.placed.get(id(site.node.this))
    around = at.enclosing(*inner) if inner else None
    if around is None:
        return first, last
    # Its alias comes behind the bracket.
    return min(first, around[0]), max(last, around[1])


def _called(at: Extents, site: Site) -> Range:
    """Take in the name and the brackets of what is called but has a grammar of its own: CAST, EXTRACT, TRIM …"""
    first, last = site.first, site.last
    around = at.enclosing(first, last, reach=_REACH)
    if around is not None and at.word(around[0] - 1) in _CALLED:
        return around[0] - 1, around[1]
    return first, last


def _quantified(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    first, last = _called(at, site)
    return (first - 1 if at.word(first - 1) in ("exists", "any", "all", "some") else first), last


def _cast(at: Extents, site: Site) -> Range:
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
    return _called(at, Site(site.node, first, last, site.placed))


def _interval(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    unit = site.node.args.get("unit")
    name = unit.name.lower().rstrip("s") if isinstance(unit, Node) else ""
    if name and at.word(last + 1).rstrip("s") == name:
        last += 1
    return (first - 1 if at.word(first - 1) == "interval" else first), last


def _case(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    start = next((i for i in range(first - 1, first - _REACH, -1) if at.word(i) == "case"), first)
    depth = 1
    for index in range(last + 1, min(last + 2 * _REACH, len(at.words))):
        depth += {"case": 1, "end": -1}.get(at.words[index], 0)
        if not depth:
            return start, index
    return start, last


def _not(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    return (first - 1 if at.word(first - 1) == "not" else first), last


def _negative(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    return (first - 1 if at.word(first - 1) in ("-", "~") else first), last


def _bracket(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    if last == site.placed.get(id(site.node.this), (0, -1))[1] and at.word(last + 1) == "[":
        # An index is counted anew by the parser and loses its place.
        last = at.pairs.get(last + 1, last)
    return first, last


def _window(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    index = last + 1
    while at.word(index) in ("ignore", "respect", "nulls"):
        index += 1
    if at.word(index) == "over" and index + 1 < len(at.words):
        return first, at.operand_after(index + 1)
    return first, last


def _in(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    index = site.placed[id(site.node.this)][1] + 1 if id(site.node.this) in site.placed else last + 1
    index += at.word(index) == "not"
    if at.word(index) == "in" and at.word(index + 1) == "(":
        last = max(last, at.pairs.get(index + 1, last))
    return first, last


def _between(at: Extents, site: Site) -> Range:
    first, last = site.first, site.last
    if id(site.node.args.get("high")) in site.placed:
        return first, last
    for index in range(last + 1, min(last + _REACH, len(at.words) - 1)):
        if at.words[index] == "and":
            return first, at.operand_after(index + 1)
    return first, last


def _binary(at: Extents, site: Site) -> Range:
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
            first = at.with_function(at.pairs[index]) if index in at.pairs else index
    return first, last


def _is_operator(at: Extents, index: int) -> bool:
    if not 0 <= index < len(at.words):
        return False
    word = at.words[index]
    return word in _OPERATOR_WORDS or (at.tokens[index].kind == "operator" and word not in _LIMITS)


_COMPLETE: Final[dict[type[Node], Callable[[Extents, Site], Range]]] = {
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
