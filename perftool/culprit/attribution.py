"""Find the function that answers for a part of a path's change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from perftool.culprit.altered import SAME
from perftool.culprit.naming import Named
from perftool.profiling.capture import GARBAGE_COLLECTION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.culprit.altered import Alteration
    from perftool.culprit.evidence import Path
    from perftool.culprit.factors import Factor


class Answer(NamedTuple):
    """Who answers for a part, and why; ``proven`` when its code is not what it was, or nobody knows whether it is."""

    owner: Named
    why: tuple[str, ...]
    proven: bool
    collected: bool = False


class Attribution:
    """Blames parts of paths on functions.

    ``alterations`` say what became of each function; ``own`` whether a function is the project's and not a library's;
    ``imported`` are modules that only one side imported.
    """

    def __init__(
        self,
        alterations: Mapping[Named, Alteration],
        own: Callable[[Named], bool],
        imported: frozenset[Named] = frozenset(),
    ) -> None:
        self._alterations = alterations
        self._own = own
        self._imported = imported
        #: Who imports the modules that are blamed.
        self.importers: dict[Named, Named] = {}

    def answer(self, path: Path, factor: Factor) -> Answer:
        """Return who answers for ``factor`` of ``path``."""
        found = self._import(path)
        if found is None:
            found = self._cost(path) if factor.own else self._number(path, factor)
        collected = path[-1] == Named(GARBAGE_COLLECTION, "marker")
        return found._replace(collected=collected)

    def _state(self, name: Named) -> Alteration:
        return self._alterations.get(name, SAME)

    def _import(self, path: Path) -> Answer | None:
        """Blame the import of a module that the other side does not import on the first such module of the chain."""
        for at, name in enumerate(path):
            if name in self._imported and at and _importing(path[at - 1]):
                importer = next((one for one in reversed(path[:at]) if not _importing(one)), None)
                by = f"imported by {_short(importer)}" if importer is not None else "imported"
                if importer is not None:
                    self.importers.setdefault(name, importer)
                return Answer(name, (by,), proven=True)
        return None

    def _cost(self, path: Path) -> Answer:
        """Blame what a run of the last function costs on itself if it changed, else on what gave it more to do."""
        at = _python(path, len(path) - 1)
        if at is None:
            return Answer(path[-1], (), proven=False)
        name, state = path[at], self._state(path[at])
        if state.to_blame:
            return Answer(name, state.why, proven=True)
        if state.state in {"new", "gone"}:
            return self._presence(path, at)
        above = self._changed_above(path, at)
        if above is not None:
            return Answer(above, (*self._state(above).why, f"gives {_short(name)} other work"), proven=True)
        return self._unproven(path, at)

    def _presence(self, path: Path, at: int) -> Answer:
        """Blame a function that one side alone has on the caller that changed for it, else on itself."""
        while at and self._state(path[at - 1]).state in {"new", "gone"}:
            at -= 1
        name, state = path[at], self._state(path[at])
        caller = path[at - 1] if at else None
        if caller is not None and caller.kind == "python" and self._state(caller).to_blame:
            calls = f"calls {_short(name)}, which is new" if state.state == "new" else f"called {_short(name)}"
            return Answer(caller, (*self._state(caller).why, calls), proven=True)
        return Answer(name, ("new",) if state.state == "new" else ("gone",), proven=True)

    def _number(self, path: Path, factor: Factor) -> Answer:
        """Blame the number of calls on decorators of what is called, else on its caller, if they changed."""
        at = factor.position
        callee, state = path[at], self._state(path[at])
        often = "more often" if factor.more else "less often"
        if state.calls:
            return Answer(callee, (*state.why, f"runs {often}"), proven=True)
        if state.state in {"new", "gone"}:
            return self._presence(path, at)
        before = _python(path, at - 1)
        if before is not None:
            caller = path[before]
            if self._state(caller).to_blame:
                why = (*self._state(caller).why, f"calls {_short(callee)} {often}")
                return Answer(caller, why, proven=True)
        if state.state == "changed":
            return Answer(callee, (*state.why, f"runs {often}"), proven=True)
        if before is None:
            return self._unproven(path, at)
        above = self._changed_above(path, before)
        if above is not None:
            return Answer(above, (*self._state(above).why, f"has {_short(callee)} run {often}"), proven=True)
        return self._unproven(path, at)

    def _changed_above(self, path: Path, at: int) -> Named | None:
        return next((one for one in reversed(path[:at]) if one.kind == "python" and self._state(one).to_blame), None)

    def _unproven(self, path: Path, at: int) -> Answer:
        """Blame the innermost function of the project: what it calls in libraries is as it was."""
        for place in range(at, -1, -1):
            if path[place].kind == "python" and self._own(path[place]):
                return Answer(path[place], (), proven=False)
        return Answer(path[at], (), proven=False)


def _python(path: Path, at: int) -> int | None:
    """Return the place of the innermost Python function at or above ``at``."""
    return next((place for place in range(at, -1, -1) if path[place].kind == "python"), None)


def _importing(name: Named) -> bool:
    return name.kind != "python" or name.name.startswith("importlib.") or name.name.startswith("_frozen_importlib")


def _short(name: Named) -> str:
    """Return the name as people say it: a module by its own."""
    return name.module if name.is_module else name.name
