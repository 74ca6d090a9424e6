"""One side as it is handed over: its interpreter, its variables, and the proof that it imports its own code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.model.verdict import ReportWarning
from perftool.revisions import building, copying, dependencies, environments, probing
from perftool.revisions import variables as naming
from perftool.revisions.api import Prepared

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Mapping, Sequence

    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.paired import SideName
    from perftool.revisions.api import Request
    from perftool.revisions.environments import Slot
    from perftool.revisions.trees import Tree

_NEEDS_SETUP: Final = 'give each side an environment of its own: [bench.vs] setup = "pip install ."'
_WRONG_SETUP: Final = "does bench.vs.setup install the project into the environment in $VIRTUAL_ENV?"


@dataclass(frozen=True, slots=True)
class Side:
    """A side under way: its tree, and the interpreter that it is measured with or its environment is made from."""

    name: SideName
    tree: Tree
    request: Request
    python: str

    def folder(self) -> Path:
        """Return the place of the user's working directory in this side's tree; it is made when missing."""
        folder = self.request.folder.resolve()
        if not folder.is_relative_to(self.tree.home):
            return folder
        placed = self.tree.path / folder.relative_to(self.tree.home)
        copying.make_folder(self.tree.path, placed)
        return placed

    def in_place(self) -> bool:
        """Tell whether this side is measured in the user's own tree."""
        return self.tree.path == self.tree.home


@dataclass(frozen=True, slots=True)
class Built:
    """A side's environment; ``seconds`` is None when it was there already."""

    slot: Slot
    variables: dict[str, str]
    seconds: float | None


def found_by_path(side: Side, other: Side, variables: Mapping[str, str]) -> Prepared:
    """Return ``side`` with its code first on the import path of the user's own environment.

    raises: InputError when another tree's code would come before it.
    """
    tree, folder = side.tree, side.folder()
    # Both sides get the entry when one needs it, so that the lengths are equal.
    with_src = any(naming.holds_packages(t.root / "src") for t in (tree, other.tree))
    made = naming.by_path(variables, tree.root, folder, (tree.home, tree.path), with_src=with_src)
    mine = probing.top_level(tree.root)
    probed = probing.ask(side.python, made, folder, sorted(mine | probing.top_level(other.tree.root)))
    foreign = () if side.in_place() else (tree.home, other.tree.path)
    probing.check(side.name, probed, mine, probing.Places((tree.path,), foreign), hint=_NEEDS_SETUP)
    prepared = _prepared(side, side.python, made, probed)
    # Said once, of the pair.
    doubts = _dependencies_differ(side, other) if side.name == "base" else ()
    return replace(prepared, warnings=prepared.warnings + doubts)


def build_both(
    sides: Sequence[Side],
    variables: Mapping[str, str],
    stack: contextlib.ExitStack,
    clock: Clock,
    listener: Listener,
) -> list[Built]:
    """Return an environment for each of ``sides``; it stays locked until ``stack`` ends.

    raises: InputError when a build fails.
    """
    request, cache = sides[0].request, sides[0].request.cache.resolve()
    pythons = [probing.ask(side.python, variables, side.tree.built) for side in sides]
    keys = [
        environments.key(dependencies.digest(side.tree.built, side.tree.path), request.setup, python, cache)
        for side, python in zip(sides, pythons, strict=True)
    ]
    slots = environments.reserve(cache, keys, [side.tree.code for side in sides])
    for slot in slots:
        stack.callback(slot.lock.release)
    made = []
    for side, slot, python in zip(sides, slots, pythons, strict=True):
        tree = side.tree
        setting = naming.by_environment(variables, slot.folder, tree.built, (tree.home, tree.path))
        seconds = None
        if not (slot.usable and tree.code and slot.code == tree.code):
            listener.note(f"building {_title(side)}: {request.setup}")
            log = cache / "logs" / f"{side.name}.log"
            wanted = building.Build(
                f"the {side.name} side, {_title(side)}",
                request.setup,
                tree.built,
                setting,
                python.base,
                log,
                request.folder,
            )
            seconds = building.build(slot, wanted, clock)
            _mark(side, slot, setting)
        made.append(Built(slot, setting, seconds))
    return made


def found_in_environment(side: Side, other: Side, built: Built, variables: Mapping[str, str]) -> Prepared:
    """Return ``side`` with its code in the environment ``built``.

    raises: InputError when it would import another tree's code.
    """
    tree, folder = side.tree, side.folder()
    made = naming.by_environment(variables, built.slot.folder, folder, (tree.home, tree.path))
    python = building.interpreter(built.slot.folder)
    mine = probing.top_level(tree.root)
    probed = probing.ask(python, made, folder, sorted(mine | probing.top_level(other.tree.root)))
    places = probing.Places((built.slot.folder, tree.path, tree.built), (tree.home, other.tree.path))
    probing.check(side.name, probed, mine, places, hint=_WRONG_SETUP)
    return replace(_prepared(side, python, made, probed), setup=side.request.setup, setup_s=built.seconds)


def _mark(side: Side, slot: Slot, variables: Mapping[str, str]) -> None:
    """Note what was built, if all of it is in the environment: what a build left in its tree goes with the tree."""
    mine = sorted(probing.top_level(side.tree.built))
    origins = probing.ask(building.interpreter(slot.folder), variables, side.tree.built, mine).origins
    places = [Path(origin) for origin in origins.values() if origin]
    inside = any(place.is_relative_to(slot.folder) for place in places)
    outside = any(place.is_relative_to(tree) for place in places for tree in (side.tree.path, side.tree.built))
    environments.mark(slot, side.tree.code if inside and not outside else "")


def _prepared(side: Side, python: str, made: dict[str, str], probed: probing.Probed) -> Prepared:
    tree = side.tree
    own = dependencies.project_name(tree.root)
    label = tree.label
    if side.request.vs_python is not None:
        label = f"{Path(side.python).name} {probed.version}"
    return Prepared(
        name=side.name,
        label=label,
        python=python,
        folder=side.folder(),
        variables=made,
        source=tree.source,
        setup="",
        setup_s=None,
        dependencies=dependencies.digest(tree.built, tree.path),
        home=tree.home,
        tree=tree.path,
        warnings=tree.warnings,
        packages={name: version for name, version in sorted(probed.packages.items()) if name != own},
    )


def _dependencies_differ(side: Side, other: Side) -> tuple[ReportWarning, ...]:
    """Doubt sides that declare other dependencies and ran with the same."""
    one, two = ((t.root, t.path) for t in (side.tree, other.tree))
    if dependencies.digest(*one) == dependencies.digest(*two):
        return ()
    name = dependencies.differing(one, two) or "a dependency file"
    message = f"{name} differs between the sides but both ran with the same installed packages: set bench.vs.setup"
    return (ReportWarning(code="dependencies-differ", message=message, subject=name),)


def _title(side: Side) -> str:
    return side.tree.label if side.request.vs_python is None else Path(side.python).name
