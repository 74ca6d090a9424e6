"""What a benchmark suite is: cases described by plain values, built in the measuring process.

A case is never pickled. The measuring process (another interpreter, maybe another environment) imports ``module``
(or the file ``file``), calls ``factory(**arguments)`` and gets the operation: a callable without arguments, or an
``async`` one. So everything here is JSON-able.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure.

    ``module`` is a dotted name, or ``file`` a path to a Python file; exactly one is given. ``factory`` is the name
    of a function there: with ``direct`` False it is called once with ``arguments`` and returns the operation; with
    ``direct`` True it is itself the operation. ``setup`` and ``teardown`` name functions called (untimed) before the
    first and after the last operation of a sample. ``work`` is the work of one operation by unit (``B``,
    ``tokens``, ``statements``). ``cpu_bound`` chooses the gating time: CPU time if True, wall time if False.
    ``source`` is "file:line", relative, for people. ``installed`` takes a ``module`` of perftool from the measured
    environment, where that has perftool, and not from the one that measures.
    """

    suite: str
    case: str
    factory: str
    kind: Literal["python", "sql"] = "python"
    module: str | None = None
    file: str | None = None
    arguments: dict[str, JsonValue] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    direct: bool = False
    setup: str | None = None
    teardown: str | None = None
    work: dict[str, float] = field(default_factory=dict)
    cpu_bound: bool = True
    source: str | None = None
    installed: bool = False


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """What a suite may be told: SQL ``stage``, ``dialect``, a ``folder`` to read, a statement size limit in bytes."""

    stage: str = "parse"
    dialect: str = ""
    folder: Path | None = None
    max_statement: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Suite:
    """A named family of cases; ``default`` suites run when no target is given."""

    name: str
    summary: str
    cases: Callable[[SuiteOptions], Iterable[Case]]
    default: bool = False
