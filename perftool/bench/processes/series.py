"""The runs of one command so far: one more of them, or why it was given up, and what a report says of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from perftool.bench.processes import errands
from perftool.bench.processes.api import SUITE
from perftool.bench.processes.launching import Run, RunTimeoutError
from perftool.bench.processes.naming import without_folders
from perftool.model.bench import BenchCase, SkippedCase
from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.bench.processes.api import CommandSettings, CommandSpec, Place


class Starter(Protocol):
    """Runs one command and waits for it: the launcher, or a test's stand-in."""

    def run(
        self, argv: Sequence[str], *, timeout_s: float | None = None, offset: int = 0, hash_seed: int | None = None
    ) -> Run:
        """Run ``argv`` once."""

    def error_tail(self) -> str:
        """Return the last line of what the last run wrote to standard error."""


@dataclass(slots=True)
class Series:
    """One command with the block of each finished run; ``reason`` says why it was given up.

    ``op_s`` is about how long a run takes, 0.0 while that is unknown.
    """

    spec: CommandSpec
    finished: tuple[tuple[int, Run], ...] = ()
    op_s: float = 0.0
    reason: str | None = None

    def add(self, block: int, runs: Iterable[Run]) -> None:
        """Keep the runs of a finished block, in one step: an interrupt finds them there whole or not at all."""
        self.finished = (*self.finished, *((block, run) for run in runs))

    @property
    def runs(self) -> list[Run]:
        """Return the runs in the order taken."""
        return [run for _, run in self.finished]

    @property
    def exit_codes(self) -> dict[str, int]:
        """Return how often a run ended how, in the order met: an exit code, or the name of a signal."""
        codes = (run.exit_code for run in self.runs)
        return dict(Counter(str(code) if code >= 0 else errands.exit_name(code) for code in codes))


def attempt(
    series: Series,
    starter: Starter,
    settings: CommandSettings,
    *,
    when: str,
    offset: int,
    hash_seed: int | None = None,
    place: Place | None = None,
) -> Run | None:
    """Prepare and run a command once; None after giving it up, for a reason that tells ``when`` it failed.

    raises: UsageError when it cannot be started.
    """
    if series.spec.prepare:
        errand(series.spec.prepare, "prepare", [series], settings, place)
        if series.reason is not None:
            return None
    try:
        run = starter.run(series.spec.argv, timeout_s=settings.timeout_s, offset=offset, hash_seed=hash_seed)
    except RunTimeoutError:
        series.reason = f"did not end within {settings.timeout_s:g} s (--timeout) and was killed"
        return None
    if run.exit_code == 0 or _accepted(run.exit_code, settings):
        return run
    last = starter.error_tail()
    series.reason = without_folders(
        f"{errands.exit_name(run.exit_code)} {when}" + (f": {last}" if last else "") + " (--ignore-failure measures it)"
    )
    return None


def errand(
    line: str, what: str, series: Iterable[Series], settings: CommandSettings, place: Place | None = None
) -> None:
    """Run the setup or prepare ``line`` and, if it fails, give up every one of ``series`` that has it."""
    failure = errands.run(line, place=place, visible=settings.output == "inherit")
    if failure:
        for one in series:
            if getattr(one.spec, what) == line:
                one.reason = without_folders(f"{what} failed: {failure}")


def case(series: Series) -> BenchCase:
    """Return the report's entry of a measured command."""
    return BenchCase(
        suite=SUITE,
        case=series.spec.case,
        kind="command",
        parameters=series.spec.parameters,
        source=without_folders(" ".join(series.spec.argv)),
        exit_codes=series.exit_codes,
    )


def skipped(series: Series) -> SkippedCase:
    """Return the report's entry of a command that gave nothing."""
    reason = series.reason or "interrupted"
    return SkippedCase(suite=SUITE, case=series.spec.case, reason=reason, parameters=series.spec.parameters)


def measurements(series: Series) -> list[Measurement]:
    """Return wall time, which gates, and CPU times and peak memory, which inform."""
    runs = series.runs
    columns = {
        "sec/op": [r.wall_s for r in runs],
        "cpu-sec/op": [r.user_s + r.system_s for r in runs],
        "user-sec/op": [r.user_s for r in runs],
        "sys-sec/op": [r.system_s for r in runs],
        "peak-RSS-B": [float(r.peak_bytes) for r in runs],
    }
    return [
        Measurement(
            suite=SUITE,
            case=series.spec.case,
            unit=unit,
            better="lower",
            values=tuple(values),
            parameters=series.spec.parameters,
            blocks=tuple(block for block, _ in series.finished),
            gates=unit == "sec/op",
        )
        for unit, values in columns.items()
    ]


def _accepted(code: int, settings: CommandSettings) -> bool:
    accepted = settings.ignore_failure
    return accepted if isinstance(accepted, bool) else code in accepted
