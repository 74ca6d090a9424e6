"""The call tree of a capture, with what nobody looks for folded away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.model.profile_view import CallRow
from perftool.profiling.capture import Function
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
    """A node to be looked at: how deep its row would stand, and what lies between it and the row above."""

    node: Node
    depth: int
    foreign: int
    passed: int
    folded: tuple[Spot, ...]


def tree(
    capture: Capture, at: int, shape: Shape, *, lines: bool = False, whole: int | None = None, root: str = ""
) -> tuple[CallRow, ...]:
    """Return the call tree of value type ``at``, each caller before what it calls, the heaviest first.

    ``whole`` and ``root`` are as in ``ranking``.
    """
    everything = capture.total(at) if whole is None else whole
    top = grown(capture, at, lines=lines)
    least = shape.min_share * everything
    fold = not shape.everything and _own_share(top) >= _OWN
    _, parts = unit(capture.value_types[at])
    rows: list[CallRow] = []
    waiting = [_Step(node, 0, 0, 0, ()) for node in reversed(_kept(top, least))]
    while waiting:
        step = waiting.pop()
        node = step.node
        children = _kept(node, least)
        own = _is_own(node.spot)
        foreign = 0 if own else step.foreign + 1
        inside = fold and foreign > _FOREIGN
        if inside and not _has_own(node, least):
            continue
        passing = not shape.everything and _passing(node, children)
        if inside or (passing and (not own or step.passed >= _PASSED)):
            folded = (*step.folded, node.spot)
            # A level of foreign code that is not shown is none.
            waiting += [_Step(one, step.depth, step.foreign, step.passed, folded) for one in reversed(children)]
            continue
        deeper = shape.depth and step.depth + 1 >= shape.depth
        follow = [] if deeper else [one for one in children if not (fold and _hidden(one, foreign, least))]
        rows.append(
            CallRow(
                depth=step.depth,
                row=row(node.spot, node.own, node.total, everything, parts, root),
                folded=len(step.folded),
                through=tuple(dict.fromkeys(filter(None, (_package(spot) for spot in step.folded)))),
                below=len({spot for one in children if one not in follow for spot in _spots(one, least)}),
            )
        )
        waiting += [
            _Step(one, step.depth + 1, foreign, step.passed + 1 if passing else 0, ()) for one in reversed(follow)
        ]
    return tuple(rows)


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


def _kept(node: Node, least: float) -> list[Node]:
    """Return what is called from ``node`` and weighs enough, the heaviest first."""
    found = [one for one in node.below.values() if one.total >= least and one.total]
    return sorted(found, key=lambda one: (-one.total, one.spot))


def _passing(node: Node, children: list[Node]) -> bool:
    return len(children) == 1 and children[0].total >= _HANDED_ON * node.total


def _hidden(node: Node, foreign: int, least: float) -> bool:
    """Say whether a node below ``foreign`` levels of foreign code is too deep in it, nothing of one's own below it."""
    return foreign >= _FOREIGN and not _is_own(node.spot) and not _has_own(node, least)


def _has_own(node: Node, least: float) -> bool:
    return any(_is_own(one.spot) for one in _walked(node, least))


def _spots(node: Node, least: float) -> set[Spot]:
    return {one.spot for one in _walked(node, least)}


def _walked(node: Node, least: float) -> Iterator[Node]:
    """Yield a node and all below it that weigh enough."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += _kept(one, least)


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
