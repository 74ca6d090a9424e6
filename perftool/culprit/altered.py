"""Which functions are not what they were: told by digests of their code, and by what surrounds them in the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.culprit.evidence import Evidence, Known
    from perftool.culprit.naming import Named

State = Literal["changed", "same", "new", "gone", "unknown"]


@dataclass(frozen=True, slots=True)
class Alteration:
    """What became of a function; ``why`` are word groups for people.

    ``calls`` says that what wraps it differs (decorators), so that it may run more often though its callers did not
    change. ``uses`` are names of its module or class that differ and that it uses.
    """

    state: State
    why: tuple[str, ...] = ()
    calls: bool = False
    uses: tuple[str, ...] = ()

    @property
    def to_blame(self) -> bool:
        """Say whether the function may be the cause of a change: its code differs, or nobody knows."""
        return self.state in {"changed", "unknown"}


SAME = Alteration("same")


@dataclass(frozen=True, slots=True)
class Defined:
    """A function that the source of both sides defines.

    ``why``, ``calls`` and ``uses`` are what differs around it, as in ``Alteration``; ``rewritten`` says that its own
    text differs, which need not mean that it does anything else.
    """

    why: tuple[str, ...] = ()
    calls: bool = False
    uses: tuple[str, ...] = ()
    rewritten: bool = False


def alterations(
    before: Evidence, after: Evidence, defined: Mapping[Named, Defined] | None = None
) -> dict[Named, Alteration]:
    """Return what became of every function that either side saw.

    ``defined`` are those that the source of both sides has: one that ran on one side only is then neither new nor gone.
    """
    complete = before.calls is not None and after.calls is not None
    found: dict[Named, Alteration] = {}
    for name in [*before.functions, *(one for one in after.functions if one not in before.functions)]:
        state = _state(name, before, after, complete=complete)
        source = (defined or {}).get(name)
        if source is not None and state in {"new", "gone", "unknown"}:
            state = "changed" if source.rewritten else "same"
        why = ("code changed",) if state == "changed" else ()
        if source is not None and source.why:
            found[name] = Alteration("changed", (*why, *source.why), source.calls, source.uses)
        else:
            found[name] = Alteration(state, why)
    return found


def renames(before: Evidence, after: Evidence) -> dict[Named, Named]:
    """Return functions of ``after`` that are new there, with the name of the one of ``before`` that is gone and did
    the same: equal digests that no other function has.
    """
    gone = _by_code(before, lambda name: name not in after.functions)
    new = _by_code(after, lambda name: name not in before.functions)
    return {names[0]: gone[code][0] for code, names in new.items() if len(names) == 1 and len(gone.get(code, ())) == 1}


def _by_code(side: Evidence, wanted) -> dict[str, list[Named]]:  # type: ignore[no-untyped-def]
    found: dict[str, list[Named]] = {}
    for name, known in side.functions.items():
        codes = known.codes.get("", set())
        if name.kind == "python" and not name.is_module and len(codes) == 1 and wanted(name):
            found.setdefault(next(iter(codes)), []).append(name)
    return found


def _state(name: Named, before: Evidence, after: Evidence, *, complete: bool) -> State:
    if name.kind != "python":
        return "same"
    old, new = before.functions.get(name), after.functions.get(name)
    if old is None:
        return "new"
    if new is None:
        return "gone"
    return _compared(old, new, complete=complete)


def _compared(old: Known, new: Known, *, complete: bool) -> State:
    """Compare the parts of a function; one that a sampler saw on one side only says nothing."""
    if not old.codes or not new.codes:
        return "unknown"
    if complete:
        return "same" if old.codes == new.codes else "changed"
    both = old.codes.keys() & new.codes.keys()
    if not both:
        return "unknown"
    return "changed" if any(not old.codes[part] & new.codes[part] for part in both) else "same"
