"""The same statements parsed by 1, 2 … worker processes: how much faster several are than one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.bench import parallel, scaling
from perftool.bench.api import Case, Suite
from perftool.sql.dialects import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.bench.api import SuiteOptions

NAME: Final = scaling.SUITE
STATEMENTS: Final = 3000
# Up to here every number is a case, then powers of two and the last.
_EVERY: Final = 4


def counts(cores: int) -> list[int]:
    """Return the numbers of workers to measure on so many cores."""
    powers = {2**power for power in range(3, cores.bit_length())}
    return sorted({*range(1, min(cores, _EVERY) + 1), *powers, cores} - {0})


def _cases(options: SuiteOptions) -> Iterator[Case]:
    dialect = canonical(options.dialect)
    size = float(sum(len(text.encode()) for text in parallel.statements(STATEMENTS)))
    for workers in counts(_cores()):
        yield Case(
            suite=NAME,
            case="parse",
            kind="sql",
            module="perftool.bench.parallel",
            factory="parse_all",
            setup="start_workers",
            teardown="end_workers",
            arguments={"workers": workers, "count": STATEMENTS, "dialect": dialect},
            parameters={"workers": str(workers)} | ({"dialect": dialect} if dialect else {}),
            work={"statements": float(STATEMENTS), "B": size},
            cpu_bound=False,
        )


def _cores() -> int:
    """Return how many cores this process may keep busy."""
    from perftool.machine import cgroup, processor

    quota = cgroup.quota_cores()
    usable = processor.usable_cores()
    return max(1, usable if quota is None else min(usable, round(quota)))


SUITE: Final = Suite(
    name=NAME, summary="the same statements by 1, 2 … worker processes, as many as cores are granted", cases=_cases
)
