"""Walk a tree once for all rules: find the nodes that one of them asks about, and what belongs to which query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from perftool.sql.nodes import Node, exp
from perftool.sql.releasing import LEAVES, REMEMBERING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.lint.api import NodeHandler, Rule

    Handlers: TypeAlias = tuple[tuple[str, NodeHandler], ...]

# Columns within one of these are not those of a query around it.
_APART: Final = (exp.Select, exp.Union, exp.Except, exp.Intersect, exp.SetOperation, exp.With)
_CHANGES: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
# Their presence or absence spares many rules a closer look.
_TOLD: Final = (*_APART, *_CHANGES, exp.Where, exp.Subquery, exp.Join, exp.Table)
_QUERYING: Final = frozenset({*_APART, *_CHANGES, exp.Where})


class Met:
    """What a walk has met.

    ``asked`` are the nodes that rules ask about, in the order of the text, each with the handlers of its class;
    ``told`` are others that rules want to know of: queries, common tables, subqueries, joins, tables. ``columns`` are
    those of each query itself, by its ``id``. ``insides`` are what holds the tree together, and what is remembered
    with its queries: emptied, it falls apart.
    """

    __slots__ = ("asked", "columns", "insides", "told")

    def __init__(self) -> None:
        self.asked: list[tuple[Node, Handlers]] = []
        self.told: list[Node] = []
        self.columns: dict[int, list[Node]] = {}
        self.insides: list[dict[str, Any]] = []

    @property
    def classes(self) -> set[type[Node]]:
        """The classes of ``asked`` and ``told``."""
        return {node.__class__ for node, _ in self.asked}.union([node.__class__ for node in self.told])

    def of(self, kind: type[Node]) -> list[Node]:
        """Return the nodes of a class among ``asked`` or ``told``, where all of them are."""
        return [node for node, _ in self.asked if node.__class__ is kind] + [
            node for node in self.told if node.__class__ is kind
        ]


class _Left:
    """Stands on the stack below what is in a query; with the columns of what is around it."""

    __slots__ = ("columns",)

    def __init__(self, columns: list[Node]) -> None:
        self.columns = columns


class Walker:
    """Finds the nodes of the classes that rules ask about, in one dialect.

    A walk of its own, because sqlglot's pays for a generator at each node and cannot leave out names and constants.
    """

    def __init__(self, dialect: str, rules: Sequence[Rule]) -> None:
        fitting = [rule for rule in rules if rule.dialects is None or dialect in rule.dialects]
        handlers = _handlers(fitting)
        self._others = _handlers([rule for rule in fitting if not rule.queries])
        self._special: dict[type, Handlers] = {**dict.fromkeys((*_TOLD, exp.Column, _Left), ()), **handlers}
        #: What a column's name is where nothing of it needs another look.
        self._name = None if exp.Identifier in handlers else exp.Identifier
        #: Whether values of a class are nodes that must be looked at, or into; learned as they come.
        self._goes_on: dict[type, bool] = {list: False}
        self._goes_on.update((leaf, False) for leaf in LEAVES if leaf not in handlers)

    def walk(self, tree: Node) -> Met:  # noqa: C901  a call for each node costs more than all the rest
        """Return what is in ``tree``."""
        met = Met()
        special, goes_on, name = self._special, self._goes_on, self._name
        ask, tell, keep, of_query = met.asked.append, met.told.append, met.insides.append, met.columns
        column = exp.Column
        asked_column = special[column]
        columns: list[Node] = []
        stack: list[Any] = [tree]
        pop, push = stack.pop, stack.append
        while stack:
            node = pop()
            kind = node.__class__
            if kind in special:
                if kind is column:
                    columns.append(node)
                    if asked_column:
                        ask((node, asked_column))
                    inside = node.args
                    if inside.get("this").__class__ is name:
                        keep(inside)
                        continue
                elif kind is _Left:
                    columns = node.columns
                    continue
                else:
                    handlers = special[kind]
                    if handlers:
                        ask((node, handlers))
                    else:
                        tell(node)
                    if kind in REMEMBERING:
                        keep(node.meta)
                        if kind in _APART:
                            push(_Left(columns))
                            of_query[id(node)] = columns = []
            inside = node.args
            keep(inside)
            for value in reversed(inside.values()):
                if value:
                    below = value.__class__
                    if below is list:
                        for one in reversed(value):
                            below = one.__class__
                            if goes_on[below] if below in goes_on else self._learn(below):
                                push(one)
                    elif goes_on[below] if below in goes_on else self._learn(below):
                        push(value)
        if met.asked and not _queries(tree, met):
            others = self._others
            met.asked = [(node, others[node.__class__]) for node, _ in met.asked if node.__class__ in others]
        return met

    def _learn(self, kind: type) -> bool:
        self._goes_on[kind] = found = issubclass(kind, Node)
        return found


def _queries(tree: Node, met: Met) -> bool:
    """Say whether a statement reads or changes rows, in some part of it."""
    return isinstance(tree, exp.Query) or tree.__class__ in _QUERYING or not _QUERYING.isdisjoint(met.classes)


def _handlers(rules: Sequence[Rule]) -> Mapping[type[Node], Handlers]:
    found: dict[type[Node], Handlers] = {}
    for rule in rules:
        for node, handler in rule.nodes.items():
            found[node] = (*found.get(node, ()), (rule.code, handler))
    return found
