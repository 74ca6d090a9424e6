"""Find UNION where UNION ALL may do.

Why: UNION compares every row with every other to drop duplicates: it sorts or hashes all of them, which UNION ALL does
not, and it gives no row before it has seen the last.
Bad: SELECT a FROM t UNION SELECT a FROM u
Good: SELECT a FROM t UNION ALL SELECT a FROM u
Limits: information only, because duplicates may be meant to go; a warning where no row of one arm can equal a row of
another, because a column is one constant here and another there. Rows that an arm itself repeats are kept by UNION
ALL: DISTINCT in that arm drops them. Silent in recursive queries, for arms that read the same table (there UNION puts
alternatives together), for sets of keys (user_id, email, or a column or two within another query), for UNION DISTINCT,
which is deliberate unless each arm is distinct already, for arms that are all DISTINCT (a set is wanted), for arms of
one row each, in tests, and without tables.
Source: PostgreSQL manual, "Combining Queries (UNION, INTERSECT, EXCEPT)"
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.lint.api import Rule
from perftool.lint.one_row import is_one_row
from perftool.lint.place import outside_tests
from perftool.lint.queries import common_table, conditions, identifier, sources, unwrapped
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.api import Finding
    from perftool.lint.statement import Statement

_KEY: Final = re.compile(r"(?:^|_)(?:id|ids|key|uuid|guid|code|email|address|name|sku)$|[a-z](?:Id|Key)$")
_MOST_KEYS: Final = 2
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that rows may have in common: whether it is a string, how it compares, and how it is written."""

    is_string: bool
    value: str
    written: str = field(compare=False)


def _union(node: Node, at: Statement) -> Iterable[Finding]:
    if not node.args.get("distinct"):
        return ()
    parent = node.parent
    if isinstance(parent, exp.Union) and parent.args.get("distinct") and node.arg_key == "this":
        # a UNION b UNION c: the last one drops the duplicates of all, and speaks for all.
        return ()
    arms: list[Node] = [select for select in _arms(node) if isinstance(select, exp.Select)]
    if not any(arm.args.get("from_") for arm in arms) or _is_recursive(node):
        return ()
    if all(map(is_one_row, arms)):
        return ()
    arms = [_star_of_common(arm) for arm in arms]
    apart = None if node.args.get("by_name") else _told_apart_by(arms, node)
    if apart is not None and 2 * sum(map(is_one_row, arms)) > len(arms):
        # Most arms give one row: there is hardly anything to compare.
        return ()
    singular = len(arms) == sum(1 for _ in _arms(node)) and all(map(_repeats_nothing, arms))
    members = _is_asked_for_members(node)
    if apart is None and not members and (singular or _reads_same_table(arms) or _is_set_of_keys(arms[0], node)):
        return ()
    # The place is asked for last: it takes the tokens of the whole text.
    place = _place(node, at)
    if apart is not None and (singular or not place[2]):
        number, (first, second) = apart
        message = f"compares rows that cannot be equal: column {number} is {first} in one arm and {second} in another"
        advice = "UNION ALL" if singular else "UNION ALL, with SELECT DISTINCT in an arm that repeats rows"
        return (at.found(node, message, help=advice, severity="warning", span=place[:2]),)
    if members:
        message = "drops duplicates for nothing: a predicate over it gives the same answer with them"
        return (at.found(node, message, help="UNION ALL", span=place[:2]),)
    if place[2] or singular or _reads_same_table(arms) or _is_set_of_keys(arms[0], node):
        return ()
    advice = "UNION ALL, unless a row may come twice and must not"
    return (at.found(node, "sorts or hashes every row to drop duplicates", help=advice, span=place[:2]),)


def _arms(node: Node) -> Iterator[Node]:
    """Yield the queries that a chain of UNION puts together, from left to right."""
    turned: list[Node] = []
    for _ in range(_DEEPEST):
        if not isinstance(node, exp.Union):
            break
        turned.append(_bare(node.expression))
        node = node.this
    turned.append(_bare(node))
    yield from reversed(turned)


def _star_of_common(arm: Node) -> Node:
    """Return what a common table selects in place of an arm that is SELECT * of it."""
    query = _common_of_star(arm)
    return query if isinstance(query, exp.Select) else arm


def _common_of_star(arm: Node) -> Node | None:
    """Return the query of the common table that an arm selects all of, without brackets."""
    if len(arm.expressions) != 1 or not isinstance(arm.expressions[0], exp.Star) or arm.args.get("distinct"):
        return None
    read = sources(arm)
    common = common_table(read[0].node) if len(read) == 1 and read[0].kind == "cte" else None
    return _bare(common.this) if common is not None else None


def _bare(query: Node) -> Node:
    while isinstance(query, exp.Subquery):
        query = query.this
    return query


def _is_recursive(node: Node) -> bool:
    """Say whether a union stands in WITH RECURSIVE, where dropping duplicates is what ends it."""
    above = node.parent
    while above is not None:
        if isinstance(above, exp.With) and above.args.get("recursive"):
            return True
        if isinstance(above, exp.CTE):
            name = identifier(above.args["alias"].this)
            # Some engines do not want the word.
            if any(identifier(table.this) == name for table in above.this.find_all(exp.Table)):
                return True
        above = above.parent
    return False


def _place(node: Node, at: Statement) -> tuple[int, int, bool]:
    """Return where the word UNION stands, and whether DISTINCT is written behind it."""
    start, end = at.span(node.expression)
    word = at.word_before(start, "union") if (start, end) != (0, len(at.text)) else None
    if word is None:
        return *at.span(node), False
    following = at.tokens[at.token_at(word.start) + 1].text.lower()
    return word.start, word.end, following == "distinct"


def _told_apart_by(arms: list[Node], node: Node) -> tuple[int, tuple[str, str]] | None:
    """Return the column, counted from 1, that is a different constant in every arm, and two of the constants."""
    if len(arms) != sum(1 for _ in _arms(node)):
        return None
    constants = [list(_constants(arm)) for arm in arms]
    for number, found in enumerate(zip(*constants, strict=False), 1):
        known = [one for one in found if one is not None]
        same_kind = len({one.is_string for one in known}) == 1
        if len(known) == len(arms) and same_kind and len(set(known)) == len(known):
            return number, (known[0].written, known[1].written)
    return None


def _constants(select: Node) -> Iterator[Constant | None]:
    """Yield for each column that ``select`` gives the one value that it has in every row; ends at a star."""
    pinned: dict[tuple[str, str], Constant] | None = None
    for one in select.expressions:
        given = one.this if isinstance(one, exp.Alias) else one
        if isinstance(given, exp.Star) or (isinstance(given, exp.Column) and isinstance(given.this, exp.Star)):
            return
        if isinstance(given, exp.Column):
            if pinned is None:
                pinned = dict(_pinned(select))
            yield pinned.get((identifier(given.args.get("table")), identifier(given.this)))
        else:
            yield _constant(given)


def _pinned(select: Node) -> Iterator[tuple[tuple[str, str], Constant]]:
    for condition in conditions(select):
        if isinstance(condition, exp.EQ):
            for column, value in ((condition.this, condition.expression), (condition.expression, condition.this)):
                constant = _constant(unwrapped(value))
                if isinstance(column, exp.Column) and constant is not None:
                    yield (identifier(column.args.get("table")), identifier(column.this)), constant


def _constant(node: Node) -> Constant | None:
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.is_string:
        node = node.this
    if isinstance(node, exp.Boolean):
        word = "true" if node.this else "false"
        return Constant(is_string=False, value=word, written=word)
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        # Engines may compare without case and blanks at the end.
        quoted = "'" + node.name.replace("'", "''") + "'"
        return Constant(is_string=True, value=node.name.rstrip().lower(), written=quoted)
    return Constant(is_string=False, value=node.name, written=node.name) if node.name.isdecimal() else None


def _is_asked_for_members(node: Node) -> bool:
    """Say whether the union is only asked whether a value or a row is in it."""
    inner, holder = node, node.parent
    while isinstance(holder, exp.Subquery) and holder.args.get("limit") is None:
        inner, holder = holder, holder.parent
    if node.args.get("limit") is not None or node.args.get("offset") is not None:
        return False
    if isinstance(holder, exp.In):
        return inner.arg_key == "query"
    return isinstance(holder, (exp.Exists, exp.Any, exp.All))


def _repeats_nothing(arm: Node) -> bool:
    """Say whether no row of an arm comes twice for certain."""
    distinct = arm.args.get("distinct")
    if isinstance(distinct, exp.Distinct):
        return distinct.args.get("on") is None
    common = _common_of_star(arm)
    return is_one_row(arm) or (isinstance(common, exp.Union) and bool(common.args.get("distinct")))


def _reads_same_table(arms: list[Node]) -> bool:
    seen: set[str] = set()
    for arm in arms:
        names = {one.table.name if one.table else one.name for one in sources(arm) if one.kind in ("table", "cte")}
        if names & seen:
            return True
        seen |= names
    return False


def _is_set_of_keys(arm: Node, node: Node) -> bool:
    """Say whether an arm gives nothing but names of things, so that the union makes a set of them.

    Within another query a few bare columns are such a set as well: it is about to be joined.
    """
    given = [one.this if isinstance(one, exp.Alias) else one for one in arm.expressions]
    if len(given) > _MOST_KEYS or any(isinstance(one, exp.Star) for one in given):
        return False
    if isinstance(node.parent, (exp.Subquery, exp.CTE)) and all(isinstance(one, exp.Column) for one in given):
        return True
    return all(_KEY.search(one.alias_or_name) is not None for one in arm.expressions)


RULE = Rule(
    code="PERF042",
    name="union-not-all",
    severity="info",
    sets=frozenset({"all"}),
    queries=True,
    nodes={exp.Union: _union},
    judge=outside_tests,
)
