"""Find the members of an extension folder by file name, without importing them."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Any

from perftool.errors import UsageError


@functools.cache
def names(package: str) -> tuple[str, ...]:
    """Return the sorted module names in ``package`` (dotted), private ones left out; nothing in it is imported.

    cost: one directory listing, cached for the process.
    """
    path = importlib.import_module(package).__path__
    return tuple(sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")))


def load(package: str, name: str, attribute: str, *, what: str) -> Any:
    """Import module ``name`` of ``package`` and return its well-known ``attribute``.

    ``what`` names the kind of thing for the message ("format", "suite").
    raises: UsageError naming the closest existing name when there is no such module.
    """
    known = names(package)
    if name not in known:
        raise unknown(what, name, known)
    return getattr(importlib.import_module(f"{package}.{name}"), attribute)


def unknown(what: str, name: str, known: tuple[str, ...]) -> UsageError:
    """Build the error for an unknown ``name``: the nearest known one, or all of them."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "known: " + ", ".join(known)
    return UsageError(f"no {what} named {name!r}", hint=hint)
