"""One digest of everything that an analysis depends on beside the text: it salts every key of the cache."""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import perftool
from perftool.sql.engine_version import engine_version

if TYPE_CHECKING:
    from perftool.lint.limits import Limits
    from perftool.lint.selection import Selection

_OWN: Final = ("lint", "sql")
_ANSWERING: Final = ("lint", "lint/reading", "lint/rules", "sql", "model")


def standing() -> bytes:
    """Return a digest of the state of all code that answers, without reading or loading it.

    cost: looks at some hundred files.
    """
    from importlib.machinery import PathFinder

    from perftool.lint.reading.watching import state

    found = PathFinder.find_spec("sqlglot")
    origin = found.origin if found is not None and found.origin else ""
    # What is added to a distribution, as its compiled part is, changes its folder.
    places = [origin, os.path.dirname(origin), os.path.dirname(os.path.dirname(origin))]
    root = os.path.dirname(os.path.dirname(__file__))
    for package in _ANSWERING:
        with os.scandir(os.path.join(root, package)) as listing:
            places += sorted(entry.path for entry in listing if entry.name.endswith(".py"))
    told = (sys.version, perftool.__version__, places, [state(place) for place in places])
    return blake2b(repr(told).encode(), digest_size=32).digest()


def salt(selection: Selection, limits: Limits, schema: bytes = b"") -> bytes:
    """Return 32 bytes that change with perftool's own code, sqlglot, the rules, thresholds, severities, the ``schema``.

    cost: reads perftool's SQL and lint code, about 1 MB.
    """
    digest = blake2b(digest_size=32)
    for name in _OWN:
        for path in sorted(Path(__file__).parent.parent.joinpath(name).rglob("*.py")):
            digest.update(path.read_bytes())
    for plugin in selection.choices.plugins:
        if plugin.endswith(".py"):
            digest.update(Path(plugin).read_bytes())
    told = (
        engine_version(),
        sorted(selection.rules),
        sorted(selection.selected),
        sorted(selection.severities.items()),
        sorted(selection.options.items()),
        selection.choices.plugins,
        limits.max_statement,
        sorted(limits.runner.items()),
        sorted(limits.partitions.items()),
    )
    digest.update(repr(told).encode())
    digest.update(schema)
    return digest.digest()
