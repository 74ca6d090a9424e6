"""Which queries of a batch give few rows, going by earlier ones that differ in nothing but their literals."""

from __future__ import annotations

import re
from typing import Final

_LITERAL: Final = re.compile(r"'(?:[^']|'')*'|\b\d[\w.]*")
#: Rows that a library may hold as a whole.
FEW: Final = 1000
#: Small results in a row before the next one is expected to be small.
_SURE: Final = 3
_MOST: Final = 4096


class Shapes:
    """Counts small results by the shape of their query; threads may share it, a lost count costs a little speed.

    A result that is read as it comes takes no memory but twice the time of a small one that is fetched at once, on
    servers; so one is fetched at once only where its like were small.
    """

    def __init__(self) -> None:
        self._small: dict[str, int] = {}

    def key(self, sql: str) -> str:
        """Return the text with its literals gone."""
        return _LITERAL.sub("?", sql)

    def few(self, key: str) -> bool:
        """Say whether the next result of this shape is likely to be small."""
        return self._small.get(key, 0) >= _SURE

    def saw(self, key: str, rows: int) -> None:
        """Learn how many rows a query of this shape gave."""
        if rows > FEW:
            self._small.pop(key, None)
        elif key in self._small or len(self._small) < _MOST:
            self._small[key] = self._small.get(key, 0) + 1
