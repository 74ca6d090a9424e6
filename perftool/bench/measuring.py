"""Measure whatever was asked for, cases first, then commands, and put it together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.bench import preparing
from perftool.bench.assemble import Assembled, assemble
from perftool.bench.runner import Runner
from perftool.bench.server import ServerDiedError
from perftool.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.bench.api import Prepared
    from perftool.bench.processes.api import CommandSettings, CommandSpec
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.bench.targets import Selection
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.environment import PythonBuild


@dataclass(frozen=True, slots=True)
class Work:
    """What to measure: selected cases, and commands with their settings."""

    selection: Selection | None
    commands: Sequence[CommandSpec] = ()
    command_settings: CommandSettings | None = None


def measure(
    work: Work,
    settings: RunSettings,
    start: Callable[[int], Server],
    *,
    clock: Clock,
    listener: Listener,
    python: PythonBuild | None = None,
    profile: str | None = None,
    counter: Callable[[int], Server] | None = None,
    prepared: Prepared | None = None,
    confidence: float = 0.95,
) -> Assembled:
    """Measure ``work`` with processes that ``start`` makes; ``python`` describes the interpreter they run.

    ``counter`` makes processes that count instructions, if that is wanted. ``prepared`` is what
    ``preparing.prepared`` gave for the selection, whose block this runs in; conclusions are drawn at ``confidence``.

    raises: UnavailableError when allocations are asked for and memray is not there.
    """
    run = commands = None
    selection = work.selection
    if selection is not None and prepared is not None:
        selection = preparing.without_refused(selection, prepared)
    if selection is not None and selection.cases:
        if settings.memory:
            require_memray(start, settings.timeout_s)
        run = Runner(settings, start, clock, listener, counter).run(selection.cases)
    if work.commands and work.command_settings is not None and (run is None or run.complete):
        import random

        from perftool.bench.processes.runner import measure as measure_commands

        chance = random.Random(settings.seed)  # noqa: S311 - an order, not a secret
        commands = measure_commands(work.commands, work.command_settings, random=chance, clock=clock, listener=listener)
    return assemble(
        settings,
        run,
        commands,
        skipped=selection.skipped if selection is not None else (),
        python=python,
        profile=profile,
        warmup=work.command_settings.warmup if work.command_settings is not None else None,
        suites=selection.suites if selection is not None else (),
        prepared=prepared,
        confidence=confidence,
    )


def require_memray(start: Callable[[int], Server], timeout_s: float, *, option: str = "--mem") -> None:
    """Make sure that the measuring interpreter can count allocations; ``option`` is what asks for it.

    raises: UnavailableError saying how to install memray there, or that it does not exist for Windows.
    """
    import os

    if os.name == "nt":
        raise UnavailableError(f"{option} needs memray, which does not exist for Windows", hint=f"leave {option} out")
    server = start(1)
    try:
        reply = server.ask({"do": "load", "module": "memray"}, timeout_s)
    except ServerDiedError as error:
        raise UsageError(f"cannot measure in this interpreter: {error}", hint="see --python") from error
    finally:
        server.close()
    if "error" in reply:
        raise UnavailableError(
            f"{option} needs memray in the measuring interpreter: {reply['error']}",
            hint=f"install it there (PYTHON -m pip install memray), or leave {option} out",
        )
