"""What an interpreter runs at its start when perftool profiles it: begins the profiling, then leaves no trace.

The folder of this file stands in front of PYTHONPATH; the sitecustomize that it hides is run in its place.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importlib.util would load much that the target may not want
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
    from importlib.util import module_from_spec, spec_from_file_location
else:
    from _frozen_importlib import module_from_spec
    from _frozen_importlib_external import PathFinder, SourceFileLoader, spec_from_file_location

PACKAGE = "_perftool_profiler"


def _begin() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [one for one in sys.path if one != here]
    sys.path_importer_cache.pop(here, None)
    plan = os.environ.get("_PERFTOOL_PLAN")
    if not plan:
        return
    try:
        if PACKAGE not in sys.modules:
            folder = os.path.dirname(here)
            file = os.path.join(folder, "__init__.py")
            loader = SourceFileLoader(PACKAGE, file)
            _run(spec_from_file_location(PACKAGE, file, loader=loader, submodule_search_locations=[folder]), PACKAGE)
        name = PACKAGE + ".launch"
        __import__(name)
        sys.modules[name].begin(plan)
    except Exception as error:  # noqa: BLE001 - whatever it is, the program must start
        sys.stderr.write(f"perftool: this process is not profiled: {type(error).__name__}: {error}\n")


def _run(spec: ModuleSpec | None, name: str) -> None:
    if spec is None or spec.loader is None:
        raise ImportError(f"No module named {name!r}", name=name)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_begin()
# When there is none, site looks for exactly this error: as if this file had never been there.
_run(PathFinder.find_spec("sitecustomize", sys.path), "sitecustomize")
