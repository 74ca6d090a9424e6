"""What an interpreter runs at its start when perftool profiles it: begins the profiling, then leaves no trace.

The folder of this file stands in front of PYTHONPATH; the sitecustomize that it hides is run in its place.
"""

import os
import sys

# noinspection PyProtectedMember
from _frozen_importlib_external import PathFinder, SourceFileLoader, spec_from_file_location


def _begin():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [one for one in sys.path if one != here]
    sys.path_importer_cache.pop(here, None)
    plan = os.environ.get("_PERFTOOL_PLAN")
    if not plan:
        return
    try:
        _package(os.path.dirname(here))
        from _perftool_profiler import launch

        launch.begin(plan)
    except Exception as error:
        sys.stderr.write(f"perftool: this process is not profiled: {error}\n")


def _package(folder):
    name = "_perftool_profiler"
    if name in sys.modules:
        return
    file = os.path.join(folder, "__init__.py")
    spec = spec_from_file_location(name, file, loader=SourceFileLoader(name, file), submodule_search_locations=[folder])
    from _frozen_importlib import module_from_spec

    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def _hidden():
    from _frozen_importlib import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        # As if this file had never been there: site looks for exactly this error.
        raise ImportError("No module named 'sitecustomize'", name="sitecustomize")
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


_begin()
_hidden()
