"""What is measured, how, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from perftool.model.bench import BenchCase, SkippedCase
    from perftool.model.measurement import Measurement
    from perftool.model.verdict import ReportWarning

SUITE: Final = "command"

Output = Literal["null", "pipe", "inherit"]


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One command to measure.

    ``case`` is its name in the report; ``argv`` is what is started; ``parameters`` are the values that made it from
    its template. ``setup`` runs once before everything, ``prepare`` before every run, ``cleanup`` once at the end:
    shell command lines, not measured.
    """

    case: str
    argv: tuple[str, ...]
    parameters: dict[str, str] = field(default_factory=dict)
    setup: str | None = None
    prepare: str | None = None
    cleanup: str | None = None

    @property
    def label(self) -> str:
        """Return the case with its parameters, as messages name it."""
        values = ", ".join(f"{k}={v}" for k, v in self.parameters.items())
        return f"{self.case} ({values})" if values else self.case


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side's commands run: in ``folder``, with the whole environment ``variables``.

    ``tree`` stands there for the user's tree ``home``.
    """

    folder: Path
    variables: Mapping[str, str]
    home: Path
    tree: Path


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """How commands are run.

    Without ``count`` there are at least ``min_count`` rounds and at least ``min_time_s`` seconds for each command,
    and at most ``max_count`` rounds. ``ignore_failure`` is True, or the exit codes to accept besides 0.
    ``input_file`` is every run's standard input (default: empty). ``output`` says where standard output goes:
    nowhere, through a pipe and nowhere, or to perftool's standard error.
    """

    count: int | None = None
    warmup: int = 0
    ignore_failure: bool | frozenset[int] = False
    timeout_s: float | None = None
    input_file: Path | None = None
    output: Output = "null"
    min_count: int = 10
    max_count: int = 1000
    min_time_s: float = 3.0


@dataclass(frozen=True, slots=True)
class CommandResults:
    """All that was measured; ``complete`` is False when the user interrupted.

    ``rounds`` counts the finished ones, ``planned`` is how many there should at least have been.
    """

    cases: tuple[BenchCase, ...]
    measurements: tuple[Measurement, ...]
    skipped: tuple[SkippedCase, ...]
    warnings: tuple[ReportWarning, ...]
    rounds: int
    duration_s: float
    complete: bool = True
    planned: int = 0
