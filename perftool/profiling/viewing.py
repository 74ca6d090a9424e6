"""A capture as people asked to read it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from perftool.errors import InputError, UsageError
from perftool.model.profile_view import ProfileViewPayload
from perftool.profiling.listing import listings
from perftool.profiling.peek import peeks
from perftool.profiling.shares import Selection, selected, unit, value_index
from perftool.profiling.sources import Sources
from perftool.profiling.top import ranking
from perftool.profiling.tree import Shape, tree

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

ROWS: Final = 20
#: Functions that are listed, or shown with their callers, where the pattern finds more.
FUNCTIONS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be shown: views, of ``listed`` and ``peeked`` the functions that a pattern finds.

    ``rows`` are those of ``top``, or the functions of the others; None takes as many as people read.
    """

    top: bool = False
    tree: bool = False
    listed: str | None = None
    peeked: str | None = None
    order: Literal["own", "total"] = "own"
    rows: int | None = None
    shape: Shape = field(default_factory=Shape)
    selection: Selection = field(default_factory=Selection)


def looked_at(capture: Capture, selection: Selection) -> Capture:
    """Return the capture with only what was selected, the chosen value type its default.

    raises: UsageError for what the capture does not have; InputError when nothing is left of it.
    """
    at = value_index(capture, selection.value)
    chosen = replace(selected(capture, selection), default=at)
    if capture.samples and not chosen.samples:
        raise InputError("no sample is left: " + "; ".join(said(selection)), hint=_known(capture, selection))
    return chosen


def view(
    full: Capture, wanted: Wanted, *, name: str, root: str = "", sources: Sources | None = None
) -> ProfileViewPayload:
    """Return what was asked of the capture in the file ``name``.

    ``root`` is the project's folder, which files are named relative to.
    raises: UsageError for what the capture does not have.
    """
    chosen = looked_at(full, wanted.selection)
    at, lines = chosen.default, wanted.selection.lines
    whole = full.total(at)
    base, parts = unit(full.value_types[at])
    most = wanted.rows or FUNCTIONS
    listed, unlisted = (
        listings(chosen, at, wanted.listed, sources or Sources(), most=most, whole=whole, root=root)
        if wanted.listed is not None
        else ((), 0)
    )
    peeked, unpeeked = (
        peeks(chosen, at, wanted.peeked, most=most, lines=lines, whole=whole, root=root)
        if wanted.peeked is not None
        else ((), 0)
    )
    for pattern, found in ((wanted.listed, listed), (wanted.peeked, peeked)):
        if pattern is not None and not found:
            raise _no_function(chosen, pattern)
    return ProfileViewPayload(
        name=name,
        engine=full.engine,
        value=full.value_types[at].kind,
        unit=base,
        values=tuple(one.kind for one in full.value_types),
        whole=whole / parts,
        seen=chosen.total(at) / parts,
        duration_s=full.duration_ns / 1e9,
        samples=_samples(chosen),
        selection=said(wanted.selection),
        facts=dict(full.facts),
        top=ranking(chosen, at, most=wanted.rows or ROWS, order=wanted.order, lines=lines, whole=whole, root=root)
        if wanted.top
        else None,
        tree=tree(chosen, at, wanted.shape, lines=lines, whole=whole, root=root) if wanted.tree else None,
        listings=listed,
        peeks=peeked,
        more=unlisted + unpeeked,
    )


def said(selection: Selection) -> tuple[str, ...]:
    """Return what narrows the samples, as people say it."""
    words = (
        ("with", selection.focus),
        ("without", selection.ignore),
        ("hidden", selection.hide),
    )
    return (
        *(f"{word} /{pattern}/" for word, pattern in words if pattern),
        *(f"{key}={value}" for key, value in selection.labels.items()),
    )


def _samples(capture: Capture) -> int | None:
    at = capture.index("samples")
    return capture.total(at) if at is not None else None


def _no_function(capture: Capture, pattern: str) -> UsageError:
    import difflib

    names = list(dict.fromkeys(one.name for one in capture.functions))
    last = {name.rpartition(".")[2]: name for name in reversed(names)}
    close = difflib.get_close_matches(pattern, [*last, *names], n=1)
    hint = f"did you mean {last.get(close[0], close[0])!r}?" if close else "perftool profile view FILE --top"
    return UsageError(f"no function in the capture matches {pattern!r}", hint=hint)


def _known(capture: Capture, selection: Selection) -> str:
    """Say which values those labels have that were asked for."""
    for key in selection.labels:
        values = sorted({value for labels in capture.labels for name, value in labels if name == key})
        if selection.labels[key] not in values:
            known = sorted({name for labels in capture.labels for name, _ in labels})
            return (
                f"{key} is one of {', '.join(values[:8])}"
                if values
                else f"its labels are {', '.join(known)}"
                if known
                else "it has no labels"
            )
    return "patterns are searched for in names of functions and of files"
