"""Record the SQL that a process runs, from its start."""

from __future__ import annotations

import atexit
import os
import sys

from . import ends

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from importlib.machinery import SourceFileLoader
    from importlib.util import module_from_spec, spec_from_file_location
    from typing import Any
else:
    from _frozen_importlib import module_from_spec
    from _frozen_importlib_external import SourceFileLoader, spec_from_file_location

PACKAGE = "_perftool_recorder"


def start(settings: dict[str, Any], folder: str) -> None:
    """Record in this process and, if ``settings`` say so, in its forks; ``recorder`` is where the recorder lies."""
    place = settings["recorder"]
    if PACKAGE not in sys.modules:
        file = os.path.join(place, "__init__.py")
        loader = SourceFileLoader(PACKAGE, file)
        spec = spec_from_file_location(PACKAGE, file, loader=loader, submodule_search_locations=[place])
        if spec is None or spec.loader is None:
            raise ImportError(f"no recorder in {place}")
        module = module_from_spec(spec)
        sys.modules[PACKAGE] = module
        spec.loader.exec_module(module)
    for name in ("ledger", "watching", "writing"):
        __import__(f"{PACKAGE}.{name}")
    found = sys.modules
    ledger = found[f"{PACKAGE}.ledger"].Ledger()
    ledger.sites.add_library(os.path.dirname(os.path.abspath(__file__)))
    writer = found[f"{PACKAGE}.writing"].Writer(ledger, folder, settings.get("children", True))
    watch = found[f"{PACKAGE}.watching"].Watch(ledger)
    watch.start()
    # Some modules complain about what still holds their functions in the end.
    atexit.register(watch.stop)
    writer.start()
    ends.at_end(writer.end)
    ends.in_child(writer.forked)
    ends.still_here(writer.again)
