"""Asked in a side's own interpreter: its build, what is installed, where packages come from. Standard library only.

It works on Python 3.8 and later. Run with names of packages as arguments, it prints one marked line of JSON.
"""

from __future__ import annotations

import sys

MARK = "perftool-side:"


def answer(names: list[str]) -> dict[str, object]:
    """Return build, distributions and the origins of the top-level packages ``names``; nothing of them is run."""
    return {
        "version": ".".join(str(part) for part in sys.version_info[:3]),
        "build": sys.version,
        "implementation": sys.implementation.name,
        "base": getattr(sys, "_base_executable", None) or sys.executable,
        "prefix": sys.prefix,
        "packages": distributions(),
        "origins": {name: origin(name) for name in names},
    }


def distributions() -> dict[str, str]:
    """Return the versions of all distributions that were not installed from a local folder."""
    from importlib import metadata

    found: dict[str, str] = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        # The first on the path is the one that is imported. A folder is the project itself, or a part of it.
        if name and name not in found and '"dir_info"' not in (one.read_text("direct_url.json") or ""):
            found[name] = one.version
    return found


def origin(name: str) -> str:
    """Return the file or folder that ``import name`` would take, "" for none."""
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return ""
    if spec is None:
        return ""
    if spec.submodule_search_locations:
        return str(next(iter(spec.submodule_search_locations)))
    return spec.origin or ""


if __name__ == "__main__":
    import json

    sys.stdout.write("\n" + MARK + json.dumps(answer(sys.argv[1:])) + "\n")
