"""Stacks as the flame graph's page holds them: every text and every beginning of a stack once, numbers otherwise."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any, Final

from perftool.profiling.capture import Function
from perftool.profiling.origins import origin, package, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.profiling.capture import Capture, Frame, Labels, ValueType

MOST_NODES: Final = 400_000
"""Beginnings of stacks on one page: with several millions a browser needs minutes, or gives up."""

TOO_SMALL: Final = Function("too small to show", kind="marker")

_ORIGINS: Final = ("own", "third", "stdlib", "native", "marker")


class Table:
    """Stacks of one or more groups of captures, merged from the outermost frame on.

    Of captures that have different value types, those are kept that all groups have.
    """

    def __init__(self, types: Sequence[ValueType], most_nodes: int = MOST_NODES) -> None:
        self._types = tuple(types)
        self._most = most_nodes
        self._functions: dict[Function, int] = {}
        self._frames: dict[tuple[int, int], int] = {}
        # Node 0 is the root, of no frame.
        self._nodes: dict[tuple[int, int], int] = {}
        self._parents, self._at = [-1], [-1]
        self._labels: dict[Labels, int] = {(): 0}
        self._groups: list[tuple[float, dict[tuple[int, int], list[int]]]] = []

    def add(self, captures: Iterable[Capture], *, scale: float = 1.0) -> None:
        """Add a group of captures, whose weights count ``scale`` each."""
        group: dict[tuple[int, int], list[int]] = {}
        for capture in captures:
            places = [capture.value_types.index(one) for one in self._types]
            frames = [self._frame(capture.functions[one.function], one) for one in capture.frames]
            leaves = [self._leaf([frames[at] for at in stack]) for stack in capture.stacks]
            labels = [self._labels.setdefault(one, len(self._labels)) for one in capture.labels]
            for sample in capture.samples:
                key = leaves[sample.stack], labels[sample.labels]
                held = group.setdefault(key, [0] * len(places))
                for index, at in enumerate(places):
                    held[index] += sample.values[at]
        self._groups.append((scale, group))

    def encoded(self, more: dict[str, Any]) -> str:
        """Return everything, and what ``more`` says of it, as compressed text that needs no escaping anywhere."""
        text = json.dumps({**self.plain(), **more}, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
        return base64.b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode()

    def plain(self) -> dict[str, Any]:
        """Return what the page's script reads: parallel lists of indexes into each other."""
        folded = self._fold()
        strings: dict[str, int] = {}
        functions = list(self._functions)
        named = [
            (strings.setdefault(text, len(strings)) for text in (one.name, place(one), package(one)))
            for one in functions
        ]
        columns = list(zip(*named, strict=True)) or [(), (), ()]
        labels = [[[strings.setdefault(text, len(strings)) for text in pair] for pair in one] for one in self._labels]
        return {
            "types": [list(one) for one in self._types],
            "names": columns[0],
            "files": columns[1],
            "packages": columns[2],
            "lines": [one.start_line for one in functions],
            "origins": [_ORIGINS.index(origin(one)) for one in functions],
            "frames": [list(one) for one in zip(*self._frames, strict=True)] or [[], []],
            "parents": [index - parent for index, parent in enumerate(self._parents)][1:],
            "nodes": self._at[1:],
            "labels": labels,
            "strings": list(strings),
            "groups": [_columns(scale, group, len(self._types)) for scale, group in self._groups],
            "folded": folded,
        }

    def _frame(self, function: Function, frame: Frame) -> int:
        # What tells versions of a function apart is not shown: they are one.
        shown = function._replace(code="")
        at = self._functions.setdefault(shown, len(self._functions))
        return self._frames.setdefault((at, frame.line), len(self._frames))

    def _leaf(self, frames: Iterable[int]) -> int:
        node = 0
        for frame in frames:
            node = self._below(node, frame)
        return node

    def _below(self, parent: int, frame: int) -> int:
        found = self._nodes.setdefault((parent, frame), len(self._parents))
        if found == len(self._parents):
            self._parents.append(parent)
            self._at.append(frame)
        return found

    def _fold(self) -> int:
        """Leave only the heaviest nodes and return how many went; their weight stays below the callers that stay.

        No node is heavier than its parent, so the heaviest are always whole beginnings of stacks.
        """
        if len(self._parents) <= self._most:
            return 0
        shares = self._shares()
        order = sorted(range(len(shares)), key=lambda node: (-shares[node], node))
        kept = sorted(order[: self._most])
        before = len(self._parents)
        parents, frames = self._parents, self._at
        places = {0: 0}
        self._nodes, self._parents, self._at = {}, [-1], [-1]
        for node in kept[1:]:
            places[node] = self._below(places[parents[node]], frames[node])
        small = self._frames.setdefault(
            (self._functions.setdefault(TOO_SMALL, len(self._functions)), 0), len(self._frames)
        )
        for index, (scale, group) in enumerate(self._groups):
            moved: dict[tuple[int, int], list[int]] = {}
            for (node, label), values in group.items():
                at = node
                while at not in places:
                    at = parents[at]
                key = (places[at] if at == node else self._below(places[at], small)), label
                held = moved.setdefault(key, [0] * len(values))
                for i, value in enumerate(values):
                    held[i] += value
            self._groups[index] = scale, moved
        return before - len(kept)

    def _shares(self) -> list[float]:
        """Return the largest share that each node has, with what it calls, of any value type of any group."""
        best = [0.0] * len(self._parents)
        for _, group in self._groups:
            for index in range(len(self._types)):
                totals = [0] * len(best)
                for (node, _), values in group.items():
                    totals[node] += values[index]
                for node in range(len(totals) - 1, 0, -1):
                    totals[self._parents[node]] += totals[node]
                if totals[0]:
                    best = [max(a, b / totals[0]) for a, b in zip(best, totals, strict=True)]
        return best


def _columns(scale: float, group: dict[tuple[int, int], list[int]], types: int) -> dict[str, Any]:
    return {
        "scale": scale,
        "nodes": [node for node, _ in group],
        "labels": [label for _, label in group],
        "values": [[values[index] for values in group.values()] for index in range(types)],
    }
