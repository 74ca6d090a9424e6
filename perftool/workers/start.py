"""Become a nursery: ``python -P start.py CONTROL SLOTS COUNT PATH…``, where PATH… is the parent's import path.

The path is given, and perftool is taken from where this file lies, so that parent and workers run the same code
wherever they were started from. Nothing of the parent's main module is imported.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Take over the import path, provide perftool, and serve until the control socket closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends the workers
    import importlib.util

    control, slots, count = map(int, sys.argv[1:4])
    sys.path[:] = sys.argv[4:]
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    spec = importlib.util.spec_from_file_location(
        "perftool", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    package = importlib.util.module_from_spec(spec)
    sys.modules["perftool"] = package
    spec.loader.exec_module(package)
    from perftool.workers.nursery import Nursery

    Nursery(control, slots, count).serve()


if __name__ == "__main__":
    main()
