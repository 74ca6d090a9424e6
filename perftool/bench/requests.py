"""The requests a measuring process understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.bench.api import Case
    from perftool.bench.settings import RunSettings

Json = dict[str, Any]

# Fixed numbers, not calibrated ones: the memory pass must give the same digits on a slow and on a fast machine.
MEMORY_FEW: Final = 10
MEMORY_MANY: Final = 30
MEMORY_FEW_SLOW: Final = 1
MEMORY_MANY_SLOW: Final = 4
WARM_UP_S: Final = 0.05
# Enough to reach every stage of a suite; a folder may have a thousand statements.
MOST_FACTORIES: Final = 25


def load(cases: Sequence[Case]) -> Json:
    """Ask for the import of the one module or file of ``cases``, and for a first call of their factories."""
    factories = [(case.factory, case.arguments) for case in cases if not case.direct]
    return {
        "do": "load",
        "module": cases[0].module,
        "file": cases[0].file,
        "installed": cases[0].installed,
        "factories": factories[:: max(1, len(factories) // MOST_FACTORIES)],
    }


def calibrate(case: Case, settings: RunSettings) -> Json:
    """Ask how many operations fill a sample."""
    return _sample(case, "calibrate", min_time=settings.min_time_s)


def timed(case: Case, loops: int, settings: RunSettings) -> Json:
    """Ask for one timed sample of ``loops`` operations."""
    return _sample(case, "time", loops=loops, warm_up=_warm_up_s(settings), gc=settings.gc)


def latency(case: Case, loops: int, count: int, settings: RunSettings) -> Json:
    """Ask for the times of ``count`` single operations."""
    return _sample(case, "latency", loops=loops, count=count, warm_up=_warm_up_s(settings), gc=settings.gc)


def memory(case: Case, *, slow: bool) -> Json:
    """Ask for allocations and bytes of one operation; ``slow`` operations are run fewer times."""
    few, many = (MEMORY_FEW_SLOW, MEMORY_MANY_SLOW) if slow else (MEMORY_FEW, MEMORY_MANY)
    return _sample(case, "memory", few=few, many=many)


def counters(case: Case) -> Json:
    """Ask for what the function ``counters`` of a case counts in one operation."""
    return _sample(case, "counters")


def yardstick() -> Json:
    """Ask for one reading of the fixed kernel."""
    return {"do": "yardstick"}


def instructions(case: Case) -> Json:
    """Ask for the instructions of one operation, of a server that counts them."""
    return _sample(case, "instructions")


def capture_cpu(case: Case, settings: RunSettings, *, runtime: str, rate: float, seconds: float, path: str) -> Json:
    """Ask for a profile of ``seconds`` of operations in the file ``path``; ``runtime`` is the profiler's folder."""
    more = {"runtime": runtime, "rate": rate, "seconds": seconds, "path": path, "gc": settings.gc}
    return _sample(case, "capture-cpu", **more)


def capture_memory(case: Case, operations: int, path: str) -> Json:
    """Ask for the allocations of some operations, with their stacks, in the file ``path``."""
    return _sample(case, "capture-memory", operations=operations, path=path)


def capture_calls(case: Case, operations: int, path: str) -> Json:
    """Ask for the number of calls of every function in some operations, by call path, in the file ``path``."""
    return _sample(case, "capture-calls", operations=operations, path=path)


def pure(packages: Sequence[str], runtime: str) -> Json:
    """Ask for the Python twins of compiled packages, before anything of them is imported."""
    return {"do": "pure", "packages": list(packages), "runtime": runtime}


def _warm_up_s(settings: RunSettings) -> float:
    return max(WARM_UP_S, settings.min_time_s) if settings.min_time_s >= WARM_UP_S / 5 else settings.min_time_s * 5


def _sample(case: Case, kind: str, **more: object) -> Json:
    described = {
        "module": case.module,
        "file": case.file,
        "installed": case.installed,
        "factory": case.factory,
        "arguments": case.arguments,
        "direct": case.direct,
        "setup": case.setup,
        "teardown": case.teardown,
        "counters": case.counters,
    }
    return {"do": "sample", "kind": kind, "case": described, **more}
