"""Load the Python source of a package where a compiled twin stands beside it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importlib would load much that the target may not want
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
    from types import ModuleType
else:
    from _frozen_importlib_external import SOURCE_SUFFIXES, FileFinder, SourceFileLoader


class PureFinder:
    """Finds modules of the chosen packages as .py files, and leaves what has none to the other finders."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = frozenset(packages)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where the source of a module is, None when it is none of ours or has no source."""
        if name.partition(".")[0] not in self._packages:
            return None
        for folder in sys.path if path is None else path:
            found = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name, target)
            if found is not None and found.loader is not None:
                return found
        return None


def prefer(packages: Sequence[str]) -> None:
    """Load the Python source of ``packages`` from here on, in this process."""
    sys.meta_path.insert(0, PureFinder(packages))
