"""Become a measuring server: ``python start.py``, requests on standard input, replies on standard output.

The two pipes are moved away from descriptors 0 and 1 first, because measured code may read and print.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys


def main() -> None:
    """Take the pipes, make the harness importable under a private name, and serve until the pipe closes."""
    here = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0]) == here:
        del sys.path[0]  # a user's ``import timing`` must not find ours
    requests, replies = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    name = "_perftool_harness"
    spec = importlib.util.spec_from_file_location(
        name, os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    if spec is None or spec.loader is None:
        raise ImportError(here)
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    importlib.import_module(name + ".server").serve(requests, replies)


if __name__ == "__main__":
    main()
