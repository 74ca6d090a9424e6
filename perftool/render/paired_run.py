"""How two sides were measured in turn, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render import surroundings
from perftool.render.figures import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.bench import SkippedCase
    from perftool.model.paired import LostCase, PairedRun, Side, Stopping

_MOST_NAMED: Final = 6


def aside(run: PairedRun) -> str:
    """Return the two sides and the number of pairs as one line beside the verdict."""
    base, now = (_named(side) for side in run.sides)
    return f"{now} against {base}, {count(run.stopping.done, 'block')} of both in turn"


def facts(run: PairedRun) -> tuple[tuple[str, str], ...]:
    """Return by name how the sides were prepared and measured."""
    settings = run.settings
    order = f"{count(settings.samples_per_block, 'sample')} a side and block"
    turns = "A B B A or B A A B" if settings.samples_per_block > 1 else "A B or B A"
    # A command is run as it is: nothing is collected in it and one run is a sample, however short.
    commands = bool(run.cases) and all(case.kind == "command" for case in run.cases)
    items = [
        *((f"side {side.label}", _prepared(side)) for side in run.sides),
        ("order", f"{order}, base and now in turn ({turns} at random), seed {settings.seed}"),
        ("stopping", stopping(run.stopping)),
        ("garbage collection", "" if commands else settings.gc),
        ("shortest sample", "" if commands else f"{settings.min_time_s * 1e3:g} ms"),
        ("warm-up", f"{count(settings.warmup or 0, 'run')} of every command a side" if commands else ""),
        ("from the working tree", "; ".join(_taken(side) for side in run.sides if side.overlaid)),
        ("imported modules", _modules(run)),
        ("counted too", " and ".join(_counted(run))),
        ("profile", settings.profile or ""),
        ("duration", f"{run.duration_s:.0f} s"),
    ]
    return tuple((name, text) for name, text in items if text)


def stopping(stop: Stopping) -> str:
    """Say in words why the run ended where it did."""
    done = f"{stop.done} of {stop.planned} blocks"
    cut = {"budget": f"ended by the budget of {stop.budget_s or 0:g} s", "interrupted": "interrupted"}.get(stop.reason)
    if stop.rule == "fixed":
        return f"{done}, {cut or 'as planned'}"
    looks = ", ".join(
        f"after {k.blocks}: {k.decided} of {k.rows} rows decided at level {k.alpha:.2g}" for k in stop.looks
    )
    return f"{done}, adaptive{f', {cut}' if cut else ''}; {looks or 'no look was reached'}"


def blocks(run: PairedRun) -> list[doc.Block]:
    """Return what must be seen without opening anything: an interrupted run, cases that neither side measured."""
    found: list[doc.Block] = []
    if not run.complete:
        found.append(doc.Note(f"interrupted: {run.stopping.done} of {run.stopping.planned} blocks finished", "warn"))
    if run.skipped:
        found.append(doc.Items(tuple(doc.Item(f"{_case(s)}: {s.reason}", "skipped", "warn") for s in run.skipped)))
    return found


def _named(side: Side) -> str:
    source = side.environment.source
    if source is None or not source.commit:
        return side.label
    changes = " with uncommitted changes" if source.dirty else ""
    short = source.commit[:9]
    return f"{side.label} ({short}{changes})" if not side.label.startswith(short) else side.label + changes


def _prepared(side: Side) -> str:
    took = f" in {side.setup_s:.1f} s" if side.setup_s is not None else ", reused"
    built = f"{side.setup}{took}" if side.setup else "code found by path"
    python = f"{side.environment.python.implementation} {side.environment.python.version}"
    return ", ".join(part for part in (surroundings.source(side.environment.source), python, built) if part)


def _taken(side: Side) -> str:
    return f"{side.label} took {_listed(side.overlaid)}"


def _counted(run: PairedRun) -> list[str]:
    settings = run.settings
    return ["allocations"] * settings.memory + ["instructions"] * settings.instructions


def _modules(run: PairedRun) -> str:
    if not run.modules:
        return ""
    named = _listed(run.changed)
    return f"{run.modules}, of which {len(run.changed)} differ" + (f": {named}" if named else "")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _case(one: SkippedCase | LostCase) -> str:
    return "/".join([one.suite, one.case, *(f"{k}={v}" for k, v in one.parameters.items())])
