"""The five classical statements through one stage of SQL processing, or through all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.bench.api import Case, Suite
from perftool.sql.dialects import canonical
from perftool.sql.samples import CLASSICAL
from perftool.sql.stages import chosen, stage_parameters, work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.bench.api import SuiteOptions

NAME: Final = "sql-parse"


def _cases(options: SuiteOptions) -> Iterator[Case]:
    dialect = canonical(options.dialect)
    for stage in chosen(options.stage):
        for name, text in CLASSICAL.items():
            yield Case(
                suite=NAME,
                case=name,
                kind="sql",
                module="perftool.sql.stages",
                factory="make",
                arguments={"stage": stage, "text": text, "dialect": dialect},
                parameters=stage_parameters(stage, dialect),
                work=work(text, dialect),
            )


SUITE: Final = Suite(
    name=NAME, summary="five classical statements through one stage: --stage, or all", cases=_cases, default=True
)
