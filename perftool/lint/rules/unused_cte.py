"""Find common tables that nothing reads.

Why: the reader works out what it is for, engines that evaluate it pay for it, and often the query was meant to read it.
Bad: WITH x AS (SELECT 1 AS a), y AS (SELECT 2 AS b) SELECT b FROM y
Good: WITH y AS (SELECT 2 AS b) SELECT b FROM y
Limits: a common table that changes data is always used. Any mention of the name counts, whatever its case; reading
itself does not, nor does being read by another that nothing reads. Silent in templates and in tests, which try out
such queries, and where the comment before the name says that it is unused. The fix is offered where the common table
holds no comment and no parameter.
Source: PostgreSQL manual, 7.8 "WITH Queries"
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.lint import queries
from perftool.lint.api import Edit, Finding, Rule
from perftool.lint.place import outside_tests
from perftool.sql.nodes import Node, exp
from perftool.sql.tokens import comments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from perftool.lint.statement import Statement

_CHANGES: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
#: What its author knows needs no telling.
_KNOWN: Final = re.compile(r"\bunused\b|\bnot\s+(?:currently\s+)?used\b", re.IGNORECASE)


class Place(NamedTuple):
    """Where a common table stands: its tokens by number, from its name to its closing bracket."""

    first: int
    last: int


def _with(node: Node, at: Statement) -> Iterator[Finding]:
    if at.replaced or node.args.get("search") is not None or node.parent is None or queries.PIPE in at.text:
        return
    tables: list[Node] = [one for one in node.expressions if isinstance(one, exp.CTE) and not one.args.get("scalar")]
    # Most are read somewhere: that spares the walk over the tree.
    read = {table.name.lower() for table in at.tables if not table.args.get("db")}
    if len(tables) != len(node.expressions) or all(_name(one) in read for one in tables):
        return
    dead, unread = _dead(node, tables)
    known = {_name(one) for one in dead if _is_known(one, at)}
    if known:
        dead, unread = _dead(node, tables, known)
    if not dead:
        return
    places = _places(node, at)
    if len(dead) == len(unread) and len(dead) < len(tables):
        for one in dead:
            yield _found([one], tables, places, at, dead)
    else:
        # Whoever removes one of these must remove them all.
        yield _found(dead, tables, places, at, dead)


def _name(common: Node) -> str:
    return str(common.alias).lower()


def _is_known(common: Node, at: Statement) -> bool:
    """Say whether the comment before its name tells that nothing reads it."""
    start = at.span(common.args["alias"].this)[0]
    index = at.token_at(start)
    return index > 0 and _KNOWN.search(at.text, at.tokens[index - 1].end, start) is not None


def _dead(node: Node, tables: list[Node], meant: AbstractSet[str] = frozenset()) -> tuple[list[Node], list[Node]]:
    """Return those that the query never reaches, and those of them that nothing mentions at all.

    Those called as in ``meant`` are taken for reached, with all that they read.
    """
    names = {_name(one) for one in tables}
    inside: dict[str, set[str]] = {}
    for one in tables:
        inside.setdefault(_name(one), set()).update(_mentioned(one.this, names) - {_name(one)})
    live = {_name(one) for one in tables if one.find(*_CHANGES) is not None}
    assert node.parent is not None
    stack = [*live, *meant, *_mentioned(node.parent, names, apart=node)]
    live = set()
    while stack:
        name = stack.pop()
        if name not in live:
            live.add(name)
            stack += inside[name]
    dead = [one for one in tables if _name(one) not in live]
    return dead, [
        one for one in dead if not any(_name(one) in inside[_name(other)] for other in dead if other is not one)
    ]


def _mentioned(node: Node, names: set[str], apart: Node | None = None) -> set[str]:
    """Return those of ``names`` that are written as a table or as a bare word, ``apart`` from one branch."""
    found: set[str] = set()
    for one in node.walk(bfs=False, prune=lambda below: below is apart):
        if one is apart:
            continue
        if isinstance(one, (exp.Table, exp.Column, exp.Var)):
            name = one.name.lower()
            if name in names and not (one.args.get("db") or one.args.get("table")):
                found.add(name)
        elif isinstance(one, exp.Identifier) and one.arg_key not in ("alias", "table", "db", "catalog"):
            name = one.name.lower()
            if name in names and not isinstance(one.parent, (exp.Column, exp.Table, exp.TableAlias)):
                found.add(name)
    return found


def _places(node: Node, at: Statement) -> list[Place | None]:
    """Return where each common table stands; None where its text is not of the usual form."""
    extents = at.extents
    places: list[Place | None] = []
    for one in node.expressions:
        name = extents.of(one.args["alias"].this)
        index = name[1] + 1 if name else len(extents.words)
        if extents.word(index) == "(":
            index = extents.pairs.get(index, index) + 1
        found = None
        if name and extents.word(index) == "as":
            opening = index + 1
            while extents.word(opening) in ("not", "materialized"):
                opening += 1
            if extents.word(opening) == "(" and opening in extents.pairs:
                found = Place(name[0], extents.pairs[opening])
        places.append(found)
    return places


def _found(
    some: list[Node], tables: list[Node], places: list[Place | None], at: Statement, dead: list[Node]
) -> Finding:
    names = " and ".join(one.alias for one in some)
    first = some[0].args["alias"].this
    edits = _edits([tables.index(one) for one in some], [tables.index(one) for one in dead], places, at)
    message = f"nothing reads {names}: the query works without {'it' if len(some) == 1 else 'them'}"
    return at.found(first, message, help="remove it, or read it where it was meant to be", edits=edits)


def _edits(some: list[int], dead: list[int], places: list[Place | None], at: Statement) -> list[Edit]:
    """Return what removes ``some`` with one comma each, or the whole WITH when no other is left; [] if in doubt."""
    extents, tokens = at.extents, at.tokens
    if None in places:
        return []
    sure = [place for place in places if place is not None]
    joined = all(extents.word(a.last + 1) == "," and b.first == a.last + 2 for a, b in itertools.pairwise(sure))
    if not joined:
        return []
    if len(dead) == len(places):
        before = 1 + (extents.word(sure[0].first - 1) == "recursive")
        if extents.word(sure[0].first - before) != "with" or sure[-1].last + 1 >= len(tokens):
            return []
        ranges = [(tokens[sure[0].first - before].start, tokens[sure[-1].last + 1].start)]
    else:
        live = [index for index in range(len(places)) if index not in dead]
        ranges = []
        for index in some:
            place = sure[index]
            if index < live[-1]:
                comma = tokens[place.last + 1]
                following = tokens[place.last + 2].start
                # What is said between the comma and the next one is about the next one.
                end = following if at.text[comma.end : following].isspace() else comma.end
                ranges.append((tokens[place.first].start, end))
            else:
                ranges.append((tokens[place.first - 1].start, tokens[place.last].end))
    if any(_holds_more(start, end, at) for start, end in ranges):
        return []
    return [Edit(start, end, "") for start, end in ranges]


def _holds_more(start: int, end: int, at: Statement) -> bool:
    """Say whether the text to be removed holds a comment or a parameter, whose number others depend on."""
    text = at.text[start:end]
    inside = any(token.kind == "parameter" for token in at.tokens if start <= token.start < end)
    return inside or next(comments(text, at.dialect), None) is not None


RULE = Rule(
    code="COR005",
    name="unused-cte",
    severity="warning",
    sets=frozenset({"all"}),
    fix="safe",
    queries=True,
    nodes={exp.With: _with},
    judge=outside_tests,
)
