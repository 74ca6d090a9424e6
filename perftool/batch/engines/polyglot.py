"""polyglot-sql, several times faster, with sqlglot as the second opinion on whatever it refuses.

So what it takes is valid, and what is called invalid is what sqlglot says: docs/decisions/0012 has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.batch.api import Engine
from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from perftool.batch.api import Parser
    from perftool.sql.nodes import Node

SECOND: Final = "second_opinions"
"""Name of the counter of statements that were asked about twice."""

# perftool's names of dialects that this engine calls otherwise; others that it does not know, it is not asked about.
_NAMES: Final = {"": "generic", "spark2": "spark"}


class Polyglot:
    """Asks polyglot-sql first; ``second`` makes trees and has the last word on what it refuses.

    raises: UnavailableError where the extra is not installed.
    """

    def __init__(self, dialect: str, second: Parser) -> None:
        try:
            import polyglot_sql
        except ImportError as error:
            raise UnavailableError(
                "the engine polyglot is not installed", hint="pip install 'perftool[fast]'"
            ) from error
        name = _NAMES.get(dialect, dialect)
        self._validate = polyglot_sql.validate
        self._dialect = name if name in polyglot_sql.dialects() else None
        self._second = second
        self._asked_again = 0

    def trees(self, text: str) -> list[Node]:
        """Return the second engine's trees: this one has others."""
        return self._second.trees(text)

    def validate(self, text: str) -> None:
        """Return when one of the two takes ``text``; raises: InputError with what the second finds wrong."""
        if self._dialect is not None and self._validate(text, dialect=self._dialect).valid:
            return
        self._asked_again += 1
        self._second.validate(text)

    def stats(self) -> dict[str, float]:
        """Return how often the second engine was asked, beside its own counters."""
        return {**self._second.stats(), SECOND: float(self._asked_again)}


def _make(dialect: str) -> Parser:
    from perftool.batch.seconds import sqlglot

    return Polyglot(dialect, sqlglot(dialect))


ENGINE = Engine("polyglot", _make)
