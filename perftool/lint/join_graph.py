"""Which sources of a query some condition connects, and which are looked up by a constant."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.lint.queries import Source

_OUTER: Final = "outer row"


class Graph:
    """Which sources are connected, and which are looked up by a constant."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = sources
        self.outer: frozenset[str] = frozenset()
        self.unknown = 0
        self.pinned: dict[int, set[str]] = {}
        self.filtered: set[int] = set()
        self._parent: dict[object, object] = {}

    def root(self, one: object) -> object:
        """Return what stands for all that ``one`` is connected with."""
        while self._parent.get(one, one) != one:
            one = self._parent[one]
        return one

    def connect(self, some: list[object]) -> None:
        """Connect all of ``some`` with each other."""
        for one, other in itertools.pairwise(some):
            self._parent[self.root(one)] = self.root(other)

    def parts(self) -> list[list[int]]:
        """Return the sources by number in groups that are connected, in the order of the text."""
        groups: dict[object, list[int]] = {}
        for index in range(len(self.sources)):
            groups.setdefault(self.root(index), []).append(index)
        return list(groups.values())

    def find(self, column: Node) -> int | str | None:
        """Return the number of the source of a column, ``_OUTER``, or None where the text does not tell."""
        qualifier = column.args.get("table")
        name = queries.identifier(column.this)
        if qualifier is not None:
            wanted = queries.identifier(qualifier)
            found = [i for i, source in enumerate(self.sources) if queries.alike(source.name, wanted)]
            if len(found) == 1:
                return found[0]
            # A qualifier that is no source may be a column with fields: then nobody knows whose.
            return _OUTER if not found and wanted.lower() in self.outer else None
        known = [i for i, source in enumerate(self.sources) if source.columns is not None and name in source.columns]
        unknown = any(source.columns is None for source in self.sources)
        return known[0] if len(known) == 1 and not unknown else None


def join_graph(query: Node, sources: Sequence[Source]) -> Graph:
    """Return how the conditions of ``query`` connect ``sources``, which are its own or some of them.

    Where comparisons of their columns connect all of them, the graph tells no more than that.
    """
    graph = Graph(sources)
    _compare(graph, query)
    if len(graph.parts()) > 1:
        graph.outer = _outer_names(query)
        _joins(graph)
        for condition in _all_conditions(query):
            _take(graph, condition)
    return graph


def _compare(graph: Graph, query: Node) -> None:
    """Connect sources by what tells it at a glance: joins with a condition, and tests in WHERE as in a.id = b.id."""
    numbers: dict[str, int] = {}
    for index, source in enumerate(graph.sources):
        if source.name.lower() in numbers:
            # Two of one name: their columns are not told apart.
            return
        numbers[source.name.lower()] = index
        if index and source.join is not None and (_is_given(source) or source.join.args.get("on") is not None):
            graph.connect([index - 1, index])
    where = query.args.get("where")
    for test in queries.conjuncts(where.this) if where is not None else ():
        if test.__class__ is exp.EQ:
            found: list[object] = [_number(side, numbers) for side in (test.this, test.expression)]
            if None not in found:
                graph.connect(found)


def _number(side: Node, numbers: dict[str, int]) -> int | None:
    table = side.args.get("table") if side.__class__ is exp.Column else None
    return numbers.get(queries.identifier(table).lower()) if table is not None else None


def _outer_names(query: Node) -> frozenset[str]:
    """Return the names that columns of enclosing queries may be qualified with, in lower case."""
    names: set[str] = set()
    above = queries.query_of(query)
    while above is not None:
        names.update(source.name.lower() for source in queries.sources(above))
        above = queries.query_of(above)
    return frozenset(names)


def _joins(graph: Graph) -> None:
    """Connect each source that is joined in a way that names its condition with those before it."""
    for index, source in enumerate(graph.sources):
        if source.join is None or index == 0:
            continue
        on = source.join.args.get("on")
        if _is_given(source):
            graph.connect([index - 1, index])
        elif on is not None:
            graph.connect([index - 1, index])
            _take(graph, on)


def _is_given(source: Source) -> bool:
    """Say whether a source is computed from the row before, or joined to it by something that is no condition."""
    join = source.join
    if join is None or source.kind == "function":
        return join is not None
    args = join.args
    given = args.get("using") or args.get("method") or args.get("match_condition")
    return bool(given) or args.get("kind") in ("SEMI", "ANTI", "ARRAY", "STRAIGHT_JOIN") or source.node is not join.this


def _all_conditions(query: Node) -> Iterator[Node]:
    for clause in ("where", "prewhere", "having", "qualify"):
        node = query.args.get(clause)
        if node is not None:
            yield from queries.conjuncts(node.this)
    connect = query.args.get("connect")
    if connect is not None:
        yield connect


def _take(graph: Graph, condition: Node) -> None:
    columns = list(condition.find_all(exp.Column))
    found = [graph.find(column) for column in columns]
    known: list[object] = list(dict.fromkeys(one for one in found if one is not None))
    graph.connect(known)
    if len(known) == 1 and isinstance(known[0], int):
        graph.filtered.add(known[0])
    unknown = sum(one is None for one in found)
    if unknown and (len(columns) > 1 or condition.find(exp.Query) is not None):
        # A name without a table may come from anywhere: give the query the benefit of the doubt.
        graph.unknown += unknown
    _pin(graph, condition)


def _pin(graph: Graph, condition: Node) -> None:
    """Note a column that equals a constant; two that equal the same one are connected by it."""
    if isinstance(condition, exp.EQ):
        column, value = condition.this, condition.expression
        if not isinstance(column, exp.Column):
            column, value = value, column
        constants = [value]
    elif isinstance(condition, exp.In) and not condition.args.get("query"):
        column, constants = condition.this, condition.expressions
    else:
        return
    if not isinstance(column, exp.Column) or not constants or not all(queries.is_constant(one) for one in constants):
        return
    index = graph.find(column)
    if index is None:
        # It belongs to one of them: none is surely without a look-up of its own.
        for number in range(len(graph.sources)):
            graph.pinned.setdefault(number, set()).add("")
    elif isinstance(index, int):
        graph.pinned.setdefault(index, set()).add(queries.identifier(column.this))
        if len(constants) == 1:
            graph.connect([f"constant {constants[0].sql()}", index])
