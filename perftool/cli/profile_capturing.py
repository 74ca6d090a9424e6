"""Run a target under engines, or join a running process, and bring home what they saw."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perftool.clock import SystemClock
from perftool.errors import InputError
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import FrameType

    from perftool.profiling.api import Collected, Engine, Measured, Options
    from perftool.profiling.child import Ended
    from perftool.profiling.targets import Target

    Keep = Callable[["Run"], None]


@dataclass(slots=True)
class Run:
    """One run: what each engine brought home, how the target ended, what is doubtful; ``lost`` says what failed."""

    parts: list[tuple[Measured, Collected]] = field(default_factory=list)
    ended: Ended | None = None
    seconds: float = 0.0
    doubts: list[ReportWarning] = field(default_factory=list)
    lost: list[InputError] = field(default_factory=list)


@contextmanager
def run_under(target: Target, engines: Sequence[Engine], options: Options) -> Iterator[tuple[Run, Path]]:
    """Run the target to its end, and give the run and the folder of what its processes left, which goes with the block.

    From the start of the target until the end of the block no single Ctrl-C ends this process.
    raises: UsageError when the target cannot be started, OutputError without room for temporary files.
    """
    from perftool.profiling import child, launching

    clock = SystemClock()
    with launching.spool() as folder, _patient():
        plan = launching.plan(engines, options, folder)
        variables = launching.environment(os.environ, plan)
        ended = child.run(target.command, variables, clock)
        run = Run(ended=ended, seconds=ended.seconds)
        _began(ended)
        left = launching.outliving(folder, time.sleep)
        if left:
            run.doubts.append(_outlived(left))
        yield run, folder


def of_target(
    target: Target, engines: Sequence[tuple[Engine, Measured]], options: Options, keep: Callable[[Run], None]
) -> Run:
    """Run the target to its end and give what was captured to ``keep``, which has time to save it.

    raises: UsageError when the target cannot be started, OutputError without room for temporary files.
    """
    with run_under(target, [engine for engine, _ in engines], options) as (run, folder):
        for engine, measured in engines:
            try:
                run.parts.append((measured, _collected(engine, folder, options)))
            except InputError as error:
                run.lost.append(error)
        keep(run)
    return run


def _began(ended: Ended) -> None:
    """Make the end of the target that of perftool, whatever happens from here on; of several runs the first failure."""
    from perftool.cli import session

    current = session.current()
    current.status = current.status or ended.status


def _outlived(count: int) -> ReportWarning:
    from perftool.profiling.launching import GRACE_S

    one = count == 1
    what = "a process that it started still runs" if one else f"{count} processes that it started still run"
    does = "it does" if one else "they do"
    message = f"{what} {GRACE_S:.0f} s after the target: what {does} from then on is left out"
    return ReportWarning(code="processes-left", message=message)


def _collected(engine: Engine, folder: Path, options: Options) -> Collected:
    """Return what the engine's processes left.

    raises: InputError when they left nothing, or had no room for it.
    """
    from perftool.profiling import launching

    assert engine.collect is not None
    try:
        return engine.collect(folder, options)
    except InputError as error:
        if not launching.is_full(folder):
            raise
        raise InputError(
            f"nothing was captured: no room for temporary files in {folder.parent}",
            hint="TMPDIR=FOLDER perftool profile …",
        ) from error


def of_process(
    pid: int, engines: Sequence[tuple[Engine, Measured]], options: Options, keep: Callable[[Run], None]
) -> Run:
    """Join the process ``pid`` with one engine after the other, until ``options.duration_s`` is over or Ctrl-C.

    raises: what ``Engine.attach`` raises.
    """
    from perftool.profiling import launching

    clock = SystemClock()
    run = Run()
    with launching.spool() as folder:
        began = clock.monotonic()
        for engine, measured in engines:
            assert engine.attach is not None
            run.parts.append((measured, engine.attach(pid, options, folder, measured)))
        run.seconds = clock.monotonic() - began
        keep(run)
    return run


@contextmanager
def _patient() -> Iterator[None]:
    """Let the first Ctrl-C of a block pass, and SIGTERM and SIGHUP: what was captured is saved first.

    The second Ctrl-C gives up. What is ignored here stays so, for the target too.
    """
    heard = 0

    def hear(number: int, _frame: FrameType | None) -> None:
        nonlocal heard
        heard += number == signal.SIGINT
        if heard > 1:
            raise KeyboardInterrupt
        if number == signal.SIGINT:
            sys.stderr.write("perftool: saving the capture; Ctrl-C again gives it up\n")

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    mine = [number for number in numbers if before[number] not in (signal.SIG_IGN, None)]
    for number in mine:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number])
