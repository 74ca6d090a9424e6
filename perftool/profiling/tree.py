"""The call tree of a capture, with what nobody looks for folded away."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.model.profile_view import CallRow
from perftool.profiling.capture import Function
from perftool.profiling.imports import is_machinery
from perftool.profiling.origins import origin, package
from perftool.profiling.shares import Spot, by_stack, numbered, unit
from perftool.profiling.top import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.profiling.capture import Capture

MIN_SHARE: Final = 0.01
#: A function that hands on at least this much of its weight to one other is only passed through.
_HANDED_ON: Final = 0.9
#: Functions of one's own that are only passed through and shown all the same, in a row.
_PASSED: Final = 2
#: Levels of foreign code that are shown below one's own.
_FOREIGN: Final = 3
#: Below this share of one's own code, what is foreign is what was asked about.
_OWN: Final = 0.05


_NOWHERE: Final = Spot("", "", 0, "marker")


@dataclass(slots=True)
class Node:
    """A function as called by those above it, and what it calls."""

    spot: Spot
    own: int = 0
    total: int = 0
    below: list[Node] = field(default_factory=list)


class Shape(NamedTuple):
    """How a tree is cut.

    Nodes below ``min_share`` of the whole are left out, those deeper than ``depth`` rows too (0: none is). Unless
    ``everything`` is wanted, chains of functions that only call the next and the inside of foreign code are folded.
    """

    min_share: float = MIN_SHARE
    depth: int = 0
    everything: bool = False


class _Step(NamedTuple):
    """A node to be looked at, and what lies above it.

    ``foreign`` are the levels of foreign code that are shown above it, ``passed`` the functions of one's own that only
    pass on to it, ``folded`` what is left out between it and the row above.
    """

    node: Node
    depth: int
    foreign: int = 0
    passed: int = 0
    folded: tuple[Spot, ...] = ()


def tree(
    capture: Capture, at: int, shape: Shape, *, lines: bool = False, whole: int | None = None, root: str = ""
) -> tuple[CallRow, ...]:
    """Return the call tree of value type ``at``, each caller before what it calls, the heaviest first.

    ``whole`` and ``root`` are as in ``ranking``.
    """
    everything = capture.total(at) if whole is None else whole
    top = grown(capture, at, shape.min_share * everything, lines=lines)
    cut = _Cut(top, shape)
    _, parts = unit(capture.value_types[at])
    rows: list[CallRow] = []
    waiting, _ = cut.shown([_Step(node, 0) for node in top.below])
    while waiting:
        step = waiting.pop()
        node = step.node
        follow, left = cut.followed(step)
        rows.append(
            CallRow(
                depth=step.depth,
                row=row(node.spot, node.own, node.total, everything, parts, root),
                folded=len(step.folded),
                through=tuple(dict.fromkeys(filter(None, map(_package, step.folded)))),
                below=len({one.spot for each in left for one in _walked(each)}),
            )
        )
        waiting += follow
    return tuple(rows)


class _Cut:
    """Decides which nodes of the tree below ``top`` are rows: all but what nobody looks for.

    The inside of other code is left out only where there is enough code of one's own.
    """

    def __init__(self, top: Node, shape: Shape) -> None:
        self._least = shape.min_share * top.total
        self._shape = shape
        self._known: dict[Spot, bool] = {}
        self._above: dict[int, bool] = {}
        self._own = not shape.everything and self._own_share(top) >= _OWN

    def followed(self, step: _Step) -> tuple[list[_Step], list[Node]]:
        """Return the rows below a row, the heaviest last, and the nodes that are left out."""
        children = step.node.below
        if self._shape.depth and step.depth + 1 >= self._shape.depth:
            return [], children
        foreign = 0 if self._is_own(step.node.spot) else step.foreign + 1
        passed = step.passed + 1 if _passing(step.node, children) else 0
        return self.shown([_Step(one, step.depth + 1, foreign, passed) for one in children])

    def shown(self, waiting: list[_Step]) -> tuple[list[_Step], list[Node]]:
        """Return the steps that are rows, those that are folded replaced by what they call, and what is left out."""
        rows: list[_Step] = []
        left: list[Node] = []
        while waiting:
            step = waiting.pop()
            children = step.node.below
            own = self._is_own(step.node.spot)
            inside = self._own and not own and step.foreign >= _FOREIGN
            if inside and not self._has_own(step.node):
                left.append(step.node)
            elif inside or self._folds(step, children, own=own):
                folded = (*step.folded, step.node.spot)
                waiting += [step._replace(node=one, folded=folded) for one in children]
            else:
                rows.append(step)
        return sorted(rows, key=lambda one: (-one.node.total, one.node.spot), reverse=True), left

    def _folds(self, step: _Step, children: list[Node], *, own: bool) -> bool:
        if self._shape.everything:
            return False
        if is_machinery(_function(step.node.spot)):
            return bool(children) and step.node.own < self._least
        return _passing(step.node, children) and (not own or step.passed >= _PASSED)

    def _has_own(self, node: Node) -> bool:
        """Say whether code of one's own is called below; asked of a node and then of those below it."""
        known = self._above.get(id(node))
        if known is None:
            known = self._above[id(node)] = any(self._is_own(one.spot) for one in _walked(node))
            if not known:
                self._above.update((id(one), False) for one in _walked(node))
        return known

    def _is_own(self, spot: Spot) -> bool:
        known = self._known.get(spot)
        if known is None:
            known = self._known[spot] = origin(_function(spot)) == "own"
        return known

    def _own_share(self, top: Node) -> float:
        """Return the share of the weight that has a function of one's own in its stack, but for the outermost.

        The script that starts everything is one's own even where all the rest is not.
        """
        weight, waiting = 0, [one for root in top.below for one in root.below]
        while waiting:
            node = waiting.pop()
            if self._is_own(node.spot):
                weight += node.total
            else:
                waiting += node.below
        return weight / top.total if top.total else 0.0


def grown(capture: Capture, at: int, least: float, *, lines: bool = False) -> Node:
    """Return the tree of all that weighs at least ``least``, below a node that stands for no function.

    cost: only what is in the tree is ever looked at; most stacks of a large capture end in what weighs too little.
    """
    spots, numbers = numbered(capture, lines=lines)
    # A function that calls itself is one node.
    stacks = [
        ([one for one, _ in groupby(numbers[frame] for frame in capture.stacks[stack])], weight)
        for stack, weight in by_stack(capture, at).items()
    ]
    top = Node(_NOWHERE)
    waiting = [(top, 0, stacks)]
    while waiting:
        node, depth, held = waiting.pop()
        called: dict[int, list[tuple[list[int], int]]] = {}
        for one in held:
            stack, weight = one
            node.total += weight
            if len(stack) == depth:
                node.own += weight
            else:
                called.setdefault(stack[depth], []).append(one)
        for number, some in called.items():
            weight = sum(weight for _, weight in some)
            if weight and weight >= least:
                child = Node(spots[number])
                node.below.append(child)
                waiting.append((child, depth + 1, some))
    return top


def _walked(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.below


def _passing(node: Node, children: list[Node]) -> bool:
    return len(children) == 1 and children[0].total >= _HANDED_ON * node.total


def _package(spot: Spot) -> str:
    function = _function(spot)
    return "importlib" if is_machinery(function) else package(function)


def _function(spot: Spot) -> Function:
    return Function(spot.name, spot.file, spot.start_line, spot.kind)
