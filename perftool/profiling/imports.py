"""What importing modules costs, by the module that the program asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.profiling.origins import origin
from perftool.profiling.shares import by_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.profiling.capture import Capture, Function

#: What Python's own import machinery is called: in its frozen files, and by modules that name it otherwise.
_FILES: Final = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")
_ENTRIES: Final = ("_find_and_load", "_handle_fromlist", "_gcd_import")
_MODULE: Final = ".<module>"


@dataclass(slots=True)
class Imported:
    """Weight of all stacks below an import, in all and by the module that was imported and the place that did it.

    The module is the first one that is not the user's own, since that is the one to do without; one's own where
    there is no other. Its place is the function, and the line, that imported it.
    """

    total: int = 0
    modules: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def heaviest(self) -> list[tuple[str, str, int, int]]:
        """Return module, place, line and weight, the heaviest first."""
        found = [(*key, weight) for key, weight in self.modules.items()]
        return sorted(found, key=lambda one: (-one[3], one))


def imported(capture: Capture, at: int) -> Imported:
    """Return what value type ``at`` holds below imports."""
    found = Imported()
    for stack, value in by_stack(capture, at).items():
        frames = [(capture.function_of(frame), capture.frames[frame].line) for frame in capture.stacks[stack]]
        first = next((index for index, (one, _) in enumerate(frames) if _is_entry(one)), None)
        if first is None:
            continue
        found.total += value
        key = _asked_for(frames, first)
        found.modules[key] = found.modules.get(key, 0) + value
    return found


def _asked_for(frames: Sequence[tuple[Function, int]], first: int) -> tuple[str, str, int]:
    """Return module, file and line of the import that a stack's weight is put down to."""
    chosen: tuple[str, str, int] | None = None
    importer = frames[first - 1] if first else None
    for function, line in frames[first:]:
        if is_machinery(function):
            continue
        if function.name.endswith(_MODULE):
            place = (importer[0].file, importer[1]) if importer is not None else ("", 0)
            known = (function.name.removesuffix(_MODULE), *place)
            if origin(function) != "own":
                return known
            chosen = chosen or known
        importer = (function, line)
    if chosen is not None:
        return chosen
    return ("", importer[0].file, importer[1]) if importer is not None else ("", "", 0)


def _is_entry(function: Function) -> bool:
    return is_machinery(function) and function.name.rpartition(".")[2] in _ENTRIES


def is_machinery(function: Function) -> bool:
    """Say whether a function is Python's own code that finds and loads modules."""
    return function.file in _FILES or function.name.startswith(("importlib._bootstrap", "_frozen_importlib"))
