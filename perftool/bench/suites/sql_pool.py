"""The five classical statements parsed plainly, with a pooled parser, and through the cache of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.bench.api import Case, Suite
from perftool.sql.dialects import canonical
from perftool.sql.samples import CLASSICAL
from perftool.sql.stages import PARSERS, work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.bench.api import SuiteOptions

NAME: Final = "sql-pool"


def _cases(options: SuiteOptions) -> Iterator[Case]:
    dialect = canonical(options.dialect)
    for name, text in CLASSICAL.items():
        for parser in PARSERS:
            yield Case(
                suite=NAME,
                case=name,
                kind="sql",
                module="perftool.sql.stages",
                factory="make_parser",
                arguments={"parser": parser, "text": text, "dialect": dialect},
                parameters={"parser": parser} | ({"dialect": dialect} if dialect else {}),
                work=work(text, dialect),
            )


SUITE: Final = Suite(
    name=NAME, summary="the same statements parsed plainly, pooled, from the cache, and without a copy", cases=_cases
)
