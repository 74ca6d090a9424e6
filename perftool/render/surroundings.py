"""The environment of a run as facts for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.figures import count
from perftool.units.display import format_value

if TYPE_CHECKING:
    from perftool.model.environment import Environment, Source

Facts = tuple[tuple[str, str], ...]


def facts(environment: Environment) -> Facts:
    """Return the environment by name, leaving out what is unknown."""
    cpu, memory, python, activity = environment.cpu, environment.memory, environment.python, environment.activity
    cores = f"{cpu.cores_usable} of {cpu.cores_total} cores usable"
    if cpu.quota_cores is not None:
        cores += f", quota {cpu.quota_cores:g} cores"
    if cpu.governor:
        cores += f", governor {cpu.governor}"
    if cpu.boost is not None:
        cores += ", boost " + ("on" if cpu.boost else "off")
    room = _bytes(memory.total_bytes) + f", {_bytes(memory.available_bytes)} available"
    if memory.cgroup_limit_bytes is not None:
        room += f", limited to {_bytes(memory.cgroup_limit_bytes)}"
    system = environment.os
    named = [system.name, system.release, system.machine, system.distribution or "", system.libc or ""]
    build = [f"{python.implementation} {python.version}", python.compiler, python.allocator]
    build += [] if python.gil else ["free-threaded"]
    build += [f"preload {python.preload}"] if python.preload else []
    build += list(python.build_flags)
    collector = ("on" if python.gc_enabled else "off") + (
        ", thresholds " + "/".join(map(str, python.gc_thresholds)) if python.gc_thresholds else ""
    )
    packages = ", ".join(f"{name} {version}" for name, version in environment.packages.items())
    items = [
        ("environment", environment.label),
        ("system", ", ".join(n for n in named if n)),
        ("processor", f"{cpu.model}, {cores}"),
        ("memory", room),
        ("Python", ", ".join(b for b in build if b)),
        ("GC", collector),
        ("hash seed", python.hash_seed or ""),
        ("packages", packages),
        ("source", source(environment.source)),
        ("load", _pair(activity.load_before, activity.load_after)),
        ("stolen CPU", "" if activity.steal_share is None else f"{activity.steal_share * 100:.2g} %"),
        ("other processes", "" if activity.other_cores is None else f"{activity.other_cores:.2f} cores"),
    ]
    return tuple((name, text) for name, text in items if text)


def source(revision: Source | None) -> str:
    """Return the revision as ``4f2c91a (main, with uncommitted changes)``; empty when unknown."""
    if revision is None or not revision.commit:
        return ""
    notes = [n for n in (revision.branch, "uncommitted changes" if revision.dirty else None) if n]
    return revision.commit[:9] + (f" ({', '.join(notes)})" if notes else "")


def in_short(environment: Environment) -> str:
    """Return the measured packages, Python and cores in one line; perftool itself is no news."""
    packages = {name: version for name, version in environment.packages.items() if name != "perftool"}
    if packages.pop("sqlglotc", None) and "sqlglot" in packages:
        packages["sqlglot"] += " compiled"
    parts = [f"{name} {version}" for name, version in packages.items()][:3]
    parts.append(f"Python {environment.python.version}")
    parts.append(count(environment.cpu.cores_usable, "core"))
    return ", ".join(parts)


def _bytes(number: int) -> str:
    return format_value(float(number), "B", None)


def _pair(before: float | None, after: float | None) -> str:
    shown = [f"{v:.2f} {name}" for v, name in ((before, "before"), (after, "after")) if v is not None]
    return ", ".join(shown)
