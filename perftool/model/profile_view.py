"""The payload of ``perftool profile view``: a capture as people read it in a terminal."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model
from perftool.model.profile import FunctionRow, Ranking


class CallRow(Model, frozen=True):
    """One row of a call tree, the callers before what they call; ``depth`` 0 has no caller in it.

    ``folded`` functions stand between it and the row that it is under, in the packages ``through``; ``below`` are
    functions under it that are not shown.
    """

    depth: int
    row: FunctionRow
    folded: int = 0
    through: tuple[str, ...] = ()
    below: int = 0


class SourceLine(Model, frozen=True, gc=False):
    """A line of source with its weights, None where nothing was seen of it; ``gap`` lines before it are left out."""

    line: int
    text: str
    own: float | None = None
    total: float | None = None
    gap: int = 0


class Listing(Model, frozen=True):
    """A function with its source. ``note`` says what is wrong with that: changed since the capture, gone, compiled."""

    row: FunctionRow
    lines: tuple[SourceLine, ...]
    note: str = ""


class Edge(Model, frozen=True):
    """A caller or callee of a function: ``weight`` passes between the two, ``share`` of the function's total."""

    function: str
    weight: float
    share: float
    file: str = ""
    line: int = 0
    kind: Literal["python", "native", "marker"] = "python"


class Peek(Model, frozen=True):
    """A function between its callers and what it calls, the heaviest first."""

    row: FunctionRow
    callers: tuple[Edge, ...]
    callees: tuple[Edge, ...]


class ProfileViewPayload(Model, frozen=True, tag_field="kind", tag="profile-view"):
    """What was asked of a capture.

    ``name`` is the file, ``value`` and ``unit`` what is weighed, ``values`` what else there is. ``whole`` is what all
    samples weigh, ``seen`` those that were looked at, ``samples`` their number; ``selection`` says which. Of ``more``
    functions that matched there is neither listing nor peek.
    """

    name: str
    engine: str
    value: str
    unit: str
    values: tuple[str, ...]
    whole: float
    seen: float
    duration_s: float = 0.0
    samples: int | None = None
    selection: tuple[str, ...] = ()
    facts: dict[str, str] = {}
    top: Ranking | None = None
    tree: tuple[CallRow, ...] | None = None
    listings: tuple[Listing, ...] = ()
    peeks: tuple[Peek, ...] = ()
    more: int = 0
