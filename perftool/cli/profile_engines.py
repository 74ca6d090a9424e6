"""Who profiles: the engine for what is measured, made sure of before anything starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from perftool import discovery
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.config.schema import Settings
    from perftool.profiling.api import Engine, Measured

ENGINES: Final = "perftool.profiling.engines"
#: What people call an engine that has another name here.
_ALIASES: Final = {"py-spy": "external", "pyspy": "external"}
_DEFAULTS: Final = {"cpu": "sampler", "memory": "memray"}
_ATTACHED: Final = "external"

Asked = Literal["cpu", "memory"]


def chosen(measures: Sequence[Asked], settings: Settings, *, attach: bool) -> list[tuple[Engine, Measured]]:
    """Return an engine for each of ``measures``, and what it will measure: ``cpu`` may come out as wall time.

    ``attach`` asks for one that can join a running process. The configured engine is taken where it fits.
    raises: UsageError for an engine that does not exist or cannot do it.
    """
    name = settings.profiling.engine
    given = settings.origin("profiling.engine") == "command line"
    wanted = _engine(name) if name else None
    found: list[tuple[Engine, Measured]] = []
    fitted = wanted is None
    for asked in measures:
        measured = _measured(wanted, asked) if wanted is not None else None
        if wanted is not None and measured is not None and _starts(wanted, attach=attach):
            found.append((wanted, measured))
            fitted = True
        else:
            engine = _engine(_ATTACHED if attach else _DEFAULTS[asked])
            found.append((engine, _measured(engine, asked) or asked))
    if wanted is not None and not fitted and given:
        raise _misfit(wanted, measures, attach=attach)
    return found


def defaults(measures: Sequence[Asked]) -> list[str]:
    """Return the engines that measure this where no other is named."""
    return [_DEFAULTS[asked] for asked in measures]


def _engine(name: str) -> Engine:
    found: Engine = discovery.load(ENGINES, _ALIASES.get(name, name), "ENGINE", what="profiler")
    return found


def _measured(engine: Engine, asked: Asked) -> Measured | None:
    """Return what an engine can measure of what is asked for: who asks for CPU may be given wall time."""
    if asked in engine.measures:
        return asked
    return "wall" if asked == "cpu" and "wall" in engine.measures else None


def _starts(engine: Engine, *, attach: bool) -> bool:
    return engine.attach is not None if attach else engine.runtime is not None


def _misfit(engine: Engine, measures: Sequence[Asked], *, attach: bool) -> UsageError:
    if not any(_measured(engine, asked) for asked in measures):
        fitting = [name for name in discovery.names(ENGINES) if any(_measured(_engine(name), one) for one in measures)]
        return UsageError(f"{engine.name} does not measure {measures[0]}", hint=f"--engine {' or '.join(fitting)}")
    if attach:
        return UsageError(f"{engine.name} cannot join a running process", hint="--engine py-spy")
    return UsageError(f"{engine.name} joins running processes and starts none", hint="--pid N, or another --engine")
