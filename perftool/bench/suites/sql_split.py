"""Splitting and normalising a script beside sqlglot's tokeniser on the same text: read the ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.bench.api import Case, Suite
from perftool.sql.dialects import canonical
from perftool.sql.workload import TASKS, script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.bench.api import SuiteOptions

NAME: Final = "sql-split"
COPIES: Final = 10


def _cases(options: SuiteOptions) -> Iterator[Case]:
    dialect = canonical(options.dialect)
    size = float(len(script(COPIES).encode()))
    for task in TASKS:
        yield Case(
            suite=NAME,
            case=task,
            kind="sql",
            module="perftool.sql.workload",
            factory="make",
            arguments={"task": task, "copies": COPIES, "dialect": dialect},
            parameters={"dialect": dialect} if dialect else {},
            work={"B": size},
        )


SUITE: Final = Suite(name=NAME, summary="a script split, normalised, and tokenised by sqlglot", cases=_cases)
