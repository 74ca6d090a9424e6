"""Load the Python source of a package where a compiled twin stands beside it."""

from __future__ import annotations

import sys
from _frozen_importlib_external import FileFinder, SOURCE_SUFFIXES, SourceFileLoader


class _PureFinder:
    """Finds modules of the chosen packages as .py files, and leaves everything else to the other finders."""

    def __init__(self, packages):
        self._packages = frozenset(packages)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in self._packages:
            return None
        for folder in sys.path if path is None else path:
            found = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)
            if found is not None and found.loader is not None:
                return found
        return None


def prefer(packages):
    """Load the pure twins of ``packages`` from here on, in this process."""
    sys.meta_path.insert(0, _PureFinder(packages))
