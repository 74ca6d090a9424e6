"""What a benchmark suite is: cases described by plain values, built in the measuring process.

A case is never pickled. The measuring process (another interpreter, maybe another environment) imports ``module``
(or the file ``file``), calls ``factory(**arguments)`` and gets the operation: a callable without arguments, or an
``async`` one. So everything here is JSON-able.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from perftool.model.bench import Conclusion
    from perftool.model.database import DatabaseFacts
    from perftool.model.measurement import Measurement
    from perftool.model.verdict import ReportWarning

#: The parameter of a case that says on which database it runs.
BACKEND = "backend"

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
    environment, where that has perftool, and not from the one that measures. ``counters`` names a function there that
    is called with ``arguments``, and what ``setup`` gives, and returns counts of one operation that no clock decides
    (unit → number): they are exact measurements.
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
    counters: str | None = None


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """What a suite may be told: SQL ``stage``, ``dialect``, a ``folder`` to read, a statement size limit in bytes.

    ``urls`` are databases, without any password: ``env:NAME`` names a variable that the measuring processes have too,
    so they may be arguments of cases. ``queries`` is the file or folder with statements to run there, ``write`` lets
    them write. ``variants`` are sets of session settings to measure beside each other, none being one empty set, and
    ``settings`` those of every session by driver, or by URL. ``scratch`` is a folder of the run's own, for databases
    that a suite fills; ``scale`` says how much, 1 being normal.
    """

    stage: str = "parse"
    dialect: str = ""
    folder: Path | None = None
    max_statement: int = 1 << 20
    urls: tuple[str, ...] = ()
    queries: Path | None = None
    write: bool = False
    variants: tuple[Mapping[str, str], ...] = ()
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scratch: Path | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a suite found while it prepared.

    ``databases`` are those that are measured. ``refused`` says why a backend cannot be: the value of the parameter
    BACKEND → reason; its cases are skipped. ``doubts`` are what the report has to say of the preparation.
    """

    databases: Sequence[DatabaseFacts] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    doubts: Sequence[ReportWarning] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """A named family of cases; ``default`` suites run when no target is given.

    ``prepared`` is entered before the first sample and left after the last one: it fills databases, and yields what is
    known of those that are used. ``conclude`` says what the finished measurements of the suite mean, at a confidence
    level. ``facing`` is what the suite wants of a database: "urls" takes those that were given, "embedded" brings its
    own where none are. ``blocks`` and ``samples`` are how many it takes where the user says nothing: None as always.
    """

    name: str
    summary: str
    cases: Callable[[SuiteOptions], Iterable[Case]]
    default: bool = False
    prepared: Callable[[SuiteOptions], AbstractContextManager[Prepared]] | None = None
    conclude: Callable[[Sequence[Measurement], float], Iterable[Conclusion]] | None = None
    facing: Literal["", "urls", "embedded"] = ""
    blocks: int | None = None
    samples: int | None = None
