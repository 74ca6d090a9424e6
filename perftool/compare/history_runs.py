"""One run of a history: what is kept of a result file, so that thousands of them can be held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from perftool.compare.gate import gates_by_default
from perftool.compare.inputs import Input
from perftool.compare.matcher import declared_units
from perftool.compare.query import Subject
from perftool.model.environment import Environment, Source
from perftool.stats.interval import summarize, summarize_exact
from perftool.stats.sample import block_medians
from perftool.units.unit import better as better_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.api import Imported, Series
    from perftool.compare.query import Predicate
    from perftool.model.measurement import Better

# What tells machines apart where an input has no description of its own.
_PLACE: Final = ("goos", "os", "goarch", "cpu", "python")


class Taken(msgspec.Struct, frozen=True, gc=False):
    """One quantity of one benchmark in one run, summarized; ``package`` is that of Go benchmark text."""

    package: str
    name: str
    unit: str
    better: Better
    gates: bool
    exact: bool
    center: float
    lo: float | None
    hi: float | None
    n: int


class Run(msgspec.Struct, frozen=True):
    """A result file: where and when it was made, of which revision, and what it holds."""

    name: str
    created: str | None
    source: Source | None
    label: str
    identity: tuple[str, ...]
    packages: dict[str, str]
    found: tuple[Taken, ...]


def run(imported: Imported, admits: Predicate, confidence: float) -> Run:
    """Take what ``admits`` lets through; of a report of two sides measured in turn that is the newer."""
    facts = dict(imported.facts)
    declared, _ = declared_units([Input(imported.name, imported)])
    pools: dict[tuple[str, str, str], list[Series]] = {}
    place: dict[str, str] = {}
    for series in imported.series:
        config = facts | dict(series.config)
        place = place or config
        if admits(Subject(series, imported.name, config)):
            pools.setdefault((config.get("pkg", ""), series.name, series.unit), []).append(series)
    environment = imported.run.sides[1].environment if imported.run else imported.environment
    label, identity = _place(environment, place or facts)
    return Run(
        name=imported.name,
        created=imported.created,
        source=environment.source if environment else _source(place or facts),
        label=label,
        identity=identity,
        packages=environment.packages if environment else {},
        found=tuple(
            _taken(key, pool, declared.get(key[2], {}), confidence) for key, pool in pools.items() if pool[0].values
        ),
    )


def _taken(key: tuple[str, str, str], pool: Sequence[Series], declared: dict[str, str], confidence: float) -> Taken:
    unit, first = key[2], pool[0]
    exact = declared.get("assume") == "exact" or all(series.exact for series in pool)
    values: list[float] = []
    for series in pool:
        values += series.values if exact or series.blocks is None else block_medians(series.values, series.blocks)
    stats = summarize_exact(values) if exact else summarize(values, confidence)
    told = declared.get("better") or first.better
    better: Better = told if told in ("lower", "higher") else better_of(unit)  # type: ignore[assignment]
    gates = all(gates_by_default(unit) if series.gates is None else series.gates for series in pool)
    return Taken(*key, better, gates, exact, stats.center, stats.lo, stats.hi, stats.n)


def _place(environment: Environment | None, facts: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    if environment is not None:
        return environment.label, environment.identity
    return facts.get("label", ""), tuple(f"{key} {facts[key]}" for key in _PLACE if facts.get(key))


def _source(facts: dict[str, str]) -> Source | None:
    commit = facts.get("commit")
    return Source(commit=commit, branch=facts.get("branch"), dirty=None) if commit else None
