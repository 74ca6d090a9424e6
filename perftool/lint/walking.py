"""Walk a tree once for all rules: find the nodes that one of them asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.lint.api import NodeHandler, Rule

    Handlers: TypeAlias = tuple[tuple[str, NodeHandler], ...]
    Met: TypeAlias = list[tuple[Node, Handlers]]

# What may stand below the classes that are more than half of most trees: names, stars, types, or nothing.
_BELOW: Final[dict[type, frozenset[type]]] = {
    exp.Identifier: frozenset(),
    exp.Literal: frozenset(),
    exp.Null: frozenset(),
    exp.Boolean: frozenset(),
    exp.Var: frozenset(),
    exp.Column: frozenset({exp.Identifier}),
}
# Their presence or absence spares many rules a closer look.
_TOLD: Final = (exp.With, exp.Subquery, exp.Join)
_CHANGES: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
_WORDS: Final = ("select", "from", "where", "insert", "update", "delete", "merge", "replace into")


class Walker:
    """Finds the nodes of the classes that ``handlers`` has, in the order of the text.

    A walk of its own, because sqlglot's pays for a generator at each node and cannot leave out names and constants.
    ``stars``: columns may hold one, as in ``t.*``.
    """

    def __init__(self, handlers: Mapping[type[Node], Handlers], *, stars: bool) -> None:
        self._handlers: dict[type, Handlers] = {**dict.fromkeys(_TOLD, ()), **handlers}
        self._stars = stars
        #: Whether values of a class are nodes that must be looked at, or into; learned as they come.
        self._goes_on: dict[type, bool] = {list: False}

    def walk(self, tree: Node) -> Met:
        """Return the nodes that are asked about, each with the handlers of its class."""
        met: Met = []
        handlers, goes_on, learn = self._handlers, self._goes_on, self._learn
        stack = [tree]
        pop, push = stack.pop, stack.append
        while stack:
            node = pop()
            kind = node.__class__
            if kind in handlers:
                met.append((node, handlers[kind]))
            for value in reversed(node.args.values()):
                if value:
                    below = value.__class__
                    if below is list:
                        for one in reversed(value):
                            below = one.__class__
                            if goes_on[below] if below in goes_on else learn(below):
                                push(one)
                    elif goes_on[below] if below in goes_on else learn(below):
                        push(value)
        return met

    def _learn(self, kind: type) -> bool:
        below = _BELOW.get(kind)
        if kind is exp.Column and self._stars:
            below = None
        asked = below is None or kind in self._handlers or not below.isdisjoint(self._handlers)
        self._goes_on[kind] = found = asked and issubclass(kind, Node)
        return found


class Walkers:
    """The walkers of one dialect: for statements with queries in them, with or without a star, and for others."""

    def __init__(self, dialect: str, rules: Sequence[Rule]) -> None:
        fitting = [rule for rule in rules if rule.dialects is None or dialect in rule.dialects]
        everything = _handlers(fitting)
        self._starred = Walker(everything, stars=True)
        self._plain = Walker(everything, stars=False)
        self._others = Walker(_handlers([rule for rule in fitting if not rule.queries]), stars=True)

    def of(self, text: str, tree: Node) -> Walker:
        """Return the walker for ``text``, parsed as ``tree``."""
        if not isinstance(tree, exp.Query) and not isinstance(tree, _CHANGES):
            lowered = text.lower()
            if not any(word in lowered for word in _WORDS):
                return self._others
        return self._starred if "*" in text else self._plain


def _handlers(rules: Sequence[Rule]) -> Mapping[type[Node], Handlers]:
    found: dict[type[Node], Handlers] = {}
    for rule in rules:
        for node, handler in rule.nodes.items():
            found[node] = (*found.get(node, ()), (rule.code, handler))
    return found
