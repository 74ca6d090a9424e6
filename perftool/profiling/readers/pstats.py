"""pstats: what cProfile and profile leave (``python -m cProfile -o FILE``): a call graph, not stacks."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.profiling import opened
from perftool.profiling.api import Reader
from perftool.profiling.call_graph import Edge, Node, stacks
from perftool.profiling.capture import WALL, Builder, Function
from perftool.profiling.marshalled import DamagedError, Value, value_of
from perftool.profiling.naming import qualified

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.capture import Capture

_SUFFIXES: Final = (".pstats", ".prof", ".profile")
_MOST_BYTES: Final = 64 << 20
_BUILT_IN: Final = re.compile(r"<built-in method (.+)>")
_METHOD: Final = re.compile(r"<method '(.+)' of '(.+)' objects>")
#: No profile runs for longer than a hundred years.
_LONGEST_S: Final = 3.2e9

_DOUBTS: Final = (
    ("estimated-stacks", "cProfile keeps who called whom: own times are exact, the stacks above them are estimated"),
    ("call-cost", "cProfile is paid for at every call: functions of many short calls look slower than they are"),
)
_Key = tuple[str, int, str]


def recognises(_name: str, head: bytes) -> bool:
    """Tell the format by a dictionary with a tuple as its first key; no text begins like that."""
    return len(head) > 1 and head[0] & 0x7F == ord("{") and head[1] & 0x7F in b"()"


def read(path: Path) -> Capture:
    """Return the capture in a file of cProfile: wall time, unless the profiler was given another clock.

    raises: InputError when the file is damaged or holds no function.
    """
    data = opened.content(path, _MOST_BYTES)
    try:
        return _capture(value_of(data))
    except DamagedError as error:
        raise InputError(f"{path}: a damaged pstats file, at byte {error.at} of {len(data)}: {error.what}") from error
    except _UnfitError as error:
        raise InputError(f"{path}: not what cProfile writes: {error}") from error


class _UnfitError(Exception):
    """A value that is whole and stands where cProfile writes another."""


def _capture(table: Value) -> Capture:
    if not isinstance(table, list) or not table:
        raise _UnfitError("it tells of no function")
    rows = {_key(key): row for key, row in table}
    # A caller may be missing where rows were taken out of the file.
    places = {key: place for place, key in enumerate(rows)}
    nodes = [_node(row, places) for row in rows.values()]
    builder = Builder((WALL,))
    frames = [builder.frame(_function(key)) for key in places]
    for stack, weight in stacks(nodes):
        builder.add([frames[at] for at in stack], (weight,))
    return replace(builder.build(), engine="cProfile", doubts=_DOUBTS)


def _key(key: Value) -> _Key:
    if isinstance(key, tuple) and len(key) == 3:
        file, line, name = key
        if isinstance(file, str) and isinstance(line, int) and isinstance(name, str):
            return file, line, name
    raise _UnfitError("a function is not named by file, line and name")


def _node(row: Value, places: dict[_Key, int]) -> Node:
    if not isinstance(row, tuple) or len(row) != 5 or not isinstance(row[4], list):
        raise _UnfitError("a row does not hold two counts, two times and callers")
    calls, own, total = _count(row[1]), _seconds(row[2]), _seconds(row[3])
    callers = {_key(key): edge for key, edge in row[4]}
    counted = sum(edge for edge in callers.values() if isinstance(edge, int)) or 1
    found: dict[int, Edge] = {}
    for key, edge in callers.items():
        if key not in places:
            continue
        if isinstance(edge, tuple) and len(edge) == 4:
            # cProfile and pstats do not agree on which of the two counts comes first.
            found[places[key]] = Edge(max(_count(edge[0]), _count(edge[1])), _seconds(edge[2]), _seconds(edge[3]))
        elif isinstance(edge, int):
            # The profile module only counts calls.
            share = edge / counted if 0 <= edge <= counted else 0.0
            found[places[key]] = Edge(max(edge, 0), own * share, total * share)
        else:
            raise _UnfitError("a caller does not hold two counts and two times")
    return Node(calls, own, total, found)


def _count(value: Value) -> int:
    if not isinstance(value, int):
        raise _UnfitError("a count is no number")
    return value


def _seconds(value: Value) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > _LONGEST_S:
        raise _UnfitError("a time is no number of seconds")
    # Clocks that were set back leave times below 0.
    return max(float(value), 0.0)


def _function(key: _Key) -> Function:
    file, line, name = key
    if file not in {"~", ""}:
        return Function(qualified(name, file), file, max(line, 0))
    if method := _METHOD.fullmatch(name):
        return Function(f"{method[2]}.{method[1]}", kind="native")
    built_in = _BUILT_IN.fullmatch(name)
    return Function(built_in[1] if built_in else name, kind="native")


READER = Reader(name="pstats", suffixes=_SUFFIXES, recognises=recognises, read=read)
