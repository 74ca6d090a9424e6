"""Where the code of suspects stands in a repository, and which commits touched it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from perftool.culprit.commits import touching
from perftool.culprit.trees import module_in
from perftool.profiling.capture import Function
from perftool.profiling.origins import place as shown_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.culprit.commits import Ask
    from perftool.culprit.explain import Explained, Place
    from perftool.culprit.trees import Tree
    from perftool.model.profile import Commit, Explanation, Suspect


@dataclass(frozen=True, slots=True)
class Range:
    """The commits between both sides.

    ``ask`` runs git in the repository; ``base`` and ``head`` are revisions; ``working`` says that the side under test
    is the working tree, which may hold more than ``head``.
    """

    ask: Ask
    base: str
    head: str = "HEAD"
    working: bool = True


def with_history(
    explained: Explained, sides: tuple[Tree, Tree], between: Range | None, *, shown: Callable[[str], str]
) -> Explanation:
    """Return the explanation with the file, line and commits of each suspect.

    ``sides`` are the trees of both; ``shown`` turns the name of a file in them into the one that a report says.
    """
    suspects = tuple(
        _told(one, explained.places[one.function], sides, between, shown) for one in explained.explanation.suspects
    )
    return replace(explained.explanation, suspects=suspects)


def _told(
    suspect: Suspect, place: Place, sides: tuple[Tree, Tree], between: Range | None, shown: Callable[[str], str]
) -> Suspect:
    known = place.after or place.before
    assert known is not None
    tree = sides[1] if place.after is not None else sides[0]
    relative = tree.relative(known.file, place.name.name)
    if relative is None:
        file = shown_place(Function(suspect.function, known.file)) if known.file else ""
    else:
        file = shown(relative)
    line = known.line if not place.name.is_module else 0
    return replace(suspect, file=file, line=line, commits=_commits(place, sides, between) if between else ())


def _commits(place: Place, sides: tuple[Tree, Tree], between: Range) -> tuple[Commit, ...]:
    """Return the commits of a function; of a module those of its file, and of the file that imports it."""
    found: list[Commit] = []
    known = place.after or place.before
    tree = sides[1] if place.after is not None else sides[0]
    relative = tree.relative(known.file, place.name.name) if known is not None else None
    if relative is not None:
        module = module_in(place.name.name, relative)
        name = "" if place.name.is_module else place.name.name.removeprefix(module).lstrip(".")
        text = sides[1].read(relative) if between.working else None
        found += touching(
            between.ask,
            between.base,
            between.head,
            relative,
            name,
            uses=place.uses,
            decorated=place.decorated,
            text=text,
        )
    if place.importer is not None:
        found += [one for one in _commits(place.importer, sides, between) if one not in found]
    return tuple(found)
