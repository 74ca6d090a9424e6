"""Generated benchmark text read, compared and rendered: where the time of ``perftool compare`` goes, in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.bench.api import Case, Suite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.bench.api import JsonValue, SuiteOptions

NAME: Final = "compare-text"

# 4,000 lines a side: half the time of the whole is then spent on what grows with the input.
_SIZE: Final[dict[str, JsonValue]] = {"benchmarks": 200, "samples": 20}
_LINES: Final = 4000.0
_SIDES: Final = 2
_FORMATS: Final = ("text", "benchstat")


def _cases(_: SuiteOptions) -> Iterator[Case]:
    module = "perftool.compare.workload"
    yield Case(suite=NAME, case="read", module=module, factory="make_read", arguments=_SIZE, work={"lines": _LINES})
    both = {"lines": _SIDES * _LINES}
    yield Case(suite=NAME, case="compare", module=module, factory="make_compare", arguments=_SIZE, work=both)
    for name in _FORMATS:
        yield Case(
            suite=NAME,
            case="render",
            module="perftool.cli.workload",
            factory="make_render",
            arguments={**_SIZE, "format_name": name},
            parameters={"format": name},
            work=both,
        )


SUITE: Final = Suite(name=NAME, summary="generated benchmark text read, compared and rendered", cases=_cases)
