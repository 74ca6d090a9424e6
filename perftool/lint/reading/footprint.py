"""Say what on disk a run depended on: what it looked at, and what has a say in how that was found and read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from perftool.lint.reading import dbt
from perftool.lint.reading.ignoring import GITIGNORE
from perftool.lint.reading.projects import BESIDE, BESIDE_FILES, SPEAKING
from perftool.lint.reading.watching import GIT, Watched, digest, settled, state

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from perftool.lint.reading.watching import Folder

_FILES: Final = (GITIGNORE, dbt.PROJECT, *SPEAKING)
_BELOW: Final = (
    os.path.join(GIT, "info", "exclude"),
    *(os.path.join(folder, name) for folder in BESIDE for name in BESIDE_FILES),
)
TELLING: Final = frozenset({GIT, *_FILES, *BESIDE})
"""Names that have a say in how the files of their folder are found or read."""


def watched(files: Iterable[str], folders: Collection[Folder], others: Iterable[str], since: int) -> Watched | None:
    """Return how to tell whether a run would meet the same again; None where it may have changed while it ran.

    ``files`` were looked at, found in ``folders`` or named, ``others`` were looked for beside them; the run began
    ``since``.
    """
    searched = {folder.path: folder for folder in folders}
    told = dict.fromkeys(files)
    above: set[str] = set()
    for place in {*map(os.path.dirname, searched), *map(os.path.dirname, map(os.path.abspath, told))}:
        here = place
        while here not in above:
            above.add(here)
            here = os.path.dirname(here)
    for path in sorted(above - searched.keys()):
        told |= _below(path, (GIT, *_FILES, *_BELOW))
    for path, folder in searched.items():
        inside = {name.rstrip("@/") for name in folder.names}
        told |= _below(path, (name for name in (*_FILES, *_BELOW) if name.partition(os.sep)[0] in inside))
    told |= dict.fromkeys(others)
    states = [state(one) for one in told]
    if not all(settled(one, since) for one in states):
        return None
    return Watched(tuple(folders), TELLING, tuple(told), digest(states))


def _below(folder: str, names: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(os.path.join(folder, name) for name in names)
