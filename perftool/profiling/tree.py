"""The call tree of a capture, with what nobody looks for folded away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.model.profile_view import CallRow
from perftool.profiling.capture import Function
from perftool.profiling.imports import is_machinery
from perftool.profiling.origins import origin, package
from perftool.profiling.shares import Spot, by_stack, spots_of, unit
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
    """A function as called by those above it; direct recursion is one node."""

    spot: Spot
    own: int = 0
    total: int = 0
    below: dict[Spot, Node] = field(default_factory=dict)


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
    top = grown(capture, at, lines=lines)
    cut = _Cut(shape.min_share * everything, shape, own=_own_share(top) >= _OWN)
    _, parts = unit(capture.value_types[at])
    rows: list[CallRow] = []
    waiting, _ = cut.shown([_Step(node, 0) for node in cut.kept(top)])
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
                below=len({one.spot for each in left for one in cut.walked(each)}),
            )
        )
        waiting += follow
    return tuple(rows)


class _Cut:
    """Decides which nodes are rows: those of at least ``least``, without what nobody looks for.

    ``own`` says that there is enough code of one's own for the inside of other code to be left out.
    """

    def __init__(self, least: float, shape: Shape, *, own: bool) -> None:
        self._least = least
        self._shape = shape
        self._own = own and not shape.everything

    def kept(self, node: Node) -> list[Node]:
        """Return what is called from a node and weighs enough."""
        return [one for one in node.below.values() if one.total >= self._least and one.total]

    def walked(self, node: Node) -> Iterator[Node]:
        """Yield a node and all below it that weigh enough."""
        waiting = [node]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += self.kept(one)

    def followed(self, step: _Step) -> tuple[list[_Step], list[Node]]:
        """Return the rows below a row, the heaviest last, and the nodes that are left out."""
        children = self.kept(step.node)
        if self._shape.depth and step.depth + 1 >= self._shape.depth:
            return [], children
        foreign = 0 if _is_own(step.node.spot) else step.foreign + 1
        passed = step.passed + 1 if _passing(step.node, children) else 0
        return self.shown([_Step(one, step.depth + 1, foreign, passed) for one in children])

    def shown(self, waiting: list[_Step]) -> tuple[list[_Step], list[Node]]:
        """Return the steps that are rows, those that are folded replaced by what they call, and what is left out."""
        rows: list[_Step] = []
        left: list[Node] = []
        while waiting:
            step = waiting.pop()
            children = self.kept(step.node)
            own = _is_own(step.node.spot)
            inside = self._own and not own and step.foreign >= _FOREIGN
            if inside and not any(_is_own(one.spot) for one in self.walked(step.node)):
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


def grown(capture: Capture, at: int, *, lines: bool = False) -> Node:
    """Return the whole tree below a node that stands for no function."""
    spots = spots_of(capture, lines=lines)
    top = Node(_NOWHERE)
    for stack, value in by_stack(capture, at).items():
        node = top
        node.total += value
        for frame in capture.stacks[stack]:
            spot = spots[frame]
            if spot == node.spot:
                continue
            found = node.below.get(spot)
            if found is None:
                found = node.below[spot] = Node(spot)
            node = found
            node.total += value
        node.own += value
    return top


def _passing(node: Node, children: list[Node]) -> bool:
    return len(children) == 1 and children[0].total >= _HANDED_ON * node.total


def _own_share(top: Node) -> float:
    """Return the share of the weight that has a function of one's own somewhere in its stack, but the outermost ones.

    The script that starts everything is one's own even where all the rest is not.
    """
    weight, waiting = 0, [one for root in top.below.values() for one in root.below.values()]
    while waiting:
        node = waiting.pop()
        if _is_own(node.spot):
            weight += node.total
        else:
            waiting += node.below.values()
    return weight / top.total if top.total else 0.0


def _is_own(spot: Spot) -> bool:
    return origin(_function(spot)) == "own"


def _package(spot: Spot) -> str:
    return package(_function(spot))


def _function(spot: Spot) -> Function:
    return Function(spot.name, spot.file, spot.start_line, spot.kind)
