"""The engine that has the last word on what others refuse; engines do not know each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from perftool import discovery
from perftool.batch.api import ENGINES

if TYPE_CHECKING:
    from perftool.batch.api import Engine, Parser


def sqlglot(dialect: str) -> Parser:
    """Return a parser of sqlglot for ``dialect``."""
    engine = cast("Engine", discovery.load(ENGINES, "sqlglot", "ENGINE", what="engine"))
    return engine.make(dialect)
