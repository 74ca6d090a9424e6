"""What samples of a service are labelled with: the path of the request, without what differs from one to the next."""

from __future__ import annotations

import re
from typing import Final

#: More different paths than these are counted together: labels are for telling a few things apart.
MOST: Final = 200
OTHER: Final = "(other paths)"
_VARIABLE: Final = re.compile(
    r"(?<=/)(?:\d+|[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?=/|$)"
)


class Endpoints:
    """Names endpoints by their paths, numbers and identifiers replaced, and no more of them than ``most``."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[str, str] = {}
        self._names: set[str] = set()

    def name(self, path: str) -> str:
        """Return the endpoint of a path: ``/orders/17`` is ``/orders/{id}``."""
        known = self._known.get(path)
        if known is not None:
            return known
        name = _VARIABLE.sub("{id}", path[:200])
        if name not in self._names:
            if len(self._names) >= self._most:
                return OTHER
            self._names.add(name)
        if len(self._known) < self._most * 10:
            self._known[path] = name
        return name
