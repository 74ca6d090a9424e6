"""What recorded processes ran, put together: statements by fingerprint, places by their name in the project."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.databases import recorder
from perftool.databases.recorder.figures import middle
from perftool.errors import InputError
from perftool.model.statements import CallSite, StatementFigures
from perftool.profiling.api import Engine, Options
from perftool.profiling.capture import Function
from perftool.profiling.origins import place
from perftool.sql.fingerprint import digest, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PATTERN: Final = "statements-*.json"
VERSION: Final = 1
_DIALECTS: Final = {
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "duckdb": "duckdb",
    "sqlite": "sqlite",
}
_MOST_SITES: Final = 5
_LONGEST: Final = 4000

Site = tuple[str, int, str]


def settings(_options: Options) -> dict[str, Any]:
    """Return what ``runtime/statements.py`` is told."""
    return {"recorder": str(Path(recorder.__file__).parent)}


#: No engine of the extension folder: what it brings home are statements, and no capture.
ENGINE: Final = Engine(name="statements", summary="SQL", measures=frozenset(), runtime="statements", settings=settings)


@dataclass(slots=True)
class Sums:
    """Runs that are added up; times in nanoseconds."""

    text: str = ""
    read: bool = True
    count: int = 0
    total: int = 0
    execute: int = 0
    longest: int = 0
    rows: int = 0
    errors: int = 0
    repeated: int = 0
    repeated_ns: int = 0
    many: int = 0
    times: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    sites: dict[Site, list[int]] = field(default_factory=dict)
    systems: dict[str, None] = field(default_factory=dict)

    def add(self, figures: Sequence[Any], site: Site, system: str) -> None:
        """Add what one process ran from one place."""
        names = ("count", "total", "execute", "rows", "errors", "repeated", "repeated_ns", "many")
        count, total, execute, longest, rows, errors, repeated, repeated_ns, many, times = figures
        for name, value in zip(names, (count, total, execute, rows, errors, repeated, repeated_ns, many), strict=True):
            setattr(self, name, getattr(self, name) + value)
        self.longest = max(self.longest, longest)
        for bucket, seen in times:
            self.times[bucket] += seen
        held = self.sites.setdefault(site, [0, 0, 0, 0])
        for at, value in enumerate((count, total, repeated, repeated_ns)):
            held[at] += value
        self.systems[system] = None


@dataclass(slots=True)
class Ran:
    """All that processes ran. Keys of ``pairs`` and ``loops`` are (fingerprint, place)."""

    statements: dict[str, Sums] = field(default_factory=dict)
    pairs: dict[tuple[str, Site, str, Site], list[int]] = field(default_factory=dict)
    loops: dict[tuple[str, Site], list[int]] = field(default_factory=dict)
    long: dict[Site, list[int]] = field(default_factory=dict)
    held: list[tuple[Site, str, int, int, float, tuple[str, ...]]] = field(default_factory=list)
    libraries: dict[str, None] = field(default_factory=dict)
    processes: int = 0
    cut: int = 0
    transactions: int = 0
    longest: int = 0
    lost: int = 0
    cost: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0

    @property
    def count(self) -> int:
        """Return how many statements were run, those that could not be kept apart included."""
        return sum(one.count for one in self.statements.values()) + self.lost

    @property
    def total_s(self) -> float:
        """Return the time of all statements."""
        return sum(one.total for one in self.statements.values()) * 1e-9


def collect(folder: Path, root: str) -> Ran:
    """Read what every process left in ``folder``; ``root`` is the project's folder.

    raises: InputError when none left anything.
    """
    said = []
    for path in sorted(folder.glob(PATTERN)):
        try:
            one = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
        except (OSError, ValueError):
            continue
        if one.get("version") == VERSION:
            said.append(one)
    if not said:
        raise InputError(
            "the target was not watched: its interpreter never loaded the recorder",
            hint="interpreters started with -I, -E or -S, or with another PYTHONPATH, cannot be followed",
        )
    return merged(said, root)


def merged(processes: Iterable[Mapping[str, Any]], root: str) -> Ran:
    """Put together what processes said (``recorder.ledger.Ledger.said``)."""
    ran = Ran()
    for one in processes:
        _take(ran, one, root)
    return ran


def _take(ran: Ran, said: Mapping[str, Any], root: str) -> None:
    ran.processes += 1
    ran.cut += not said.get("ended", True)
    ran.seconds = max(ran.seconds, said["seconds"])
    ran.cpu_s += said.get("cpu_s", 0.0)
    ran.libraries.update(dict.fromkeys(said["libraries"]))
    ran.transactions += said["transactions"]
    ran.longest = max(ran.longest, said["longest"])
    ran.lost += said["lost"]
    ran.cost += said["cost"]
    sites = [named(file, line, name, root) for file, line, name in said["sites"]]
    texts = [normalise(text, _DIALECTS.get(system, "")) for text, system, _ in said["shapes"]]
    prints = [digest(text) for text in texts]
    for shape, site, *figures in said["figures"]:
        _, system, read = said["shapes"][shape]
        sums = ran.statements.setdefault(prints[shape], Sums(text=texts[shape], read=bool(read)))
        sums.add(figures, sites[site], system)
    best: dict[tuple[str, Site], tuple[tuple[int, int], tuple[str, Site], list[int]]] = {}
    for shape, site, child, child_site, *values in said["pairs"]:
        key = (prints[child], sites[child_site])
        # Two statements may have given the rows: the later one is what the program went through.
        rank = (values[1], values[5])
        if key not in best or rank > best[key][0]:
            best[key] = (rank, (prints[shape], sites[site]), values[:5])
    for key, (_, parent, values) in best.items():
        _add(ran.pairs, (*parent, *key), values)
    for shape, site, *values in said["loops"]:
        _add(ran.loops, (prints[shape], sites[site]), values)
    for site, *values in said["long"]:
        known = ran.long.setdefault(sites[site], [0, 0, 0, 0])
        known[0] += values[0]
        if values[1] > known[1]:
            known[1:] = values[1:]
    for stack, kind, dropped, out, ns in said["held"]:
        frames = [named(file, line, name, root) for file, line, name in stack]
        told = tuple(f"{file}:{line} {name}" for file, line, name in frames)
        ran.held.append((frames[0] if frames else ("", 0, ""), kind, dropped, out, ns * 1e-9, told))


def _add(into: dict[Any, list[int]], key: Any, values: Sequence[int]) -> None:
    held = into.setdefault(key, [0] * len(values))
    for at, value in enumerate(values):
        held[at] += value


def named(file: str, line: int, name: str, root: str) -> Site:
    """Return a place as a report may tell it: no absolute path."""
    return (place(Function(name, file), root), line, name)


def figures(ran: Ran, order: str = "total") -> tuple[StatementFigures, ...]:
    """Return all statements, those with the most ``order`` (total, count, mean, p95, rows) first."""
    made = [_figures(fingerprint, sums) for fingerprint, sums in ran.statements.items()]
    return tuple(sorted(made, key=lambda one: (-ORDERS[order](one), one.fingerprint)))


ORDERS: Final = {
    "total": lambda one: one.total_s,
    "count": lambda one: one.count,
    "mean": lambda one: one.total_s / one.count,
    "p95": lambda one: one.p95_s,
    "max": lambda one: one.maximum_s,
    "rows": lambda one: one.rows,
}


def _figures(fingerprint: str, sums: Sums) -> StatementFigures:
    places = sorted(sums.sites.items(), key=lambda one: -one[1][1])
    return StatementFigures(
        fingerprint=fingerprint,
        text=sums.text if len(sums.text) <= _LONGEST else sums.text[:_LONGEST] + " …",
        count=sums.count,
        total_s=sums.total * 1e-9,
        p50_s=_quantile(sums, 0.5),
        p95_s=_quantile(sums, 0.95),
        maximum_s=sums.longest * 1e-9,
        rows=sums.rows,
        execute_s=sums.execute * 1e-9,
        errors=sums.errors,
        repeated=sums.repeated,
        many=sums.many,
        sites=tuple(
            CallSite(file=file, line=line, function=name, count=held[0], seconds=held[1] * 1e-9)
            for (file, line, name), held in places[:_MOST_SITES]
        ),
        databases=tuple(sums.systems),
    )


def _quantile(sums: Sums, share: float) -> float:
    left = share * sum(sums.times.values())
    for bucket in sorted(sums.times):
        left -= sums.times[bucket]
        if left <= 0:
            return min(middle(bucket), sums.longest) * 1e-9
    return sums.longest * 1e-9
