"""sqlglot, from a pool of warm parsers: the engine that everything else stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.batch.api import Engine
from perftool.sql.pool import ParserPool
from perftool.sql.releasing import release
from perftool.workers.metrics import GETS, HITS

if TYPE_CHECKING:
    from perftool.sql.nodes import Node


class Sqlglot:
    """One parser that waits in a pool between two statements, and lets go of the last one's tree there."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._pool = ParserPool(max_idle=1)
        self._pool.warm_up([dialect])
        self._last: list[Node] = []

    def trees(self, text: str) -> list[Node]:
        """Return the trees of the statements in ``text``; raises: InputError with what is wrong.

        They are there until the next call, which takes them apart.
        """
        release(self._last)
        self._last = []
        with self._pool.parser(self._dialect) as parser:
            self._last = parser.parse(text)
        return self._last

    def validate(self, text: str) -> None:
        """Return when ``text`` can be parsed; raises: InputError with what is wrong."""
        self.trees(text)

    def stats(self) -> dict[str, float]:
        """Return how often the parser was taken, and how often it waited already."""
        counters = self._pool.counters()
        return {GETS: float(counters.gets), HITS: float(counters.hits)}


ENGINE = Engine("sqlglot", Sqlglot)
