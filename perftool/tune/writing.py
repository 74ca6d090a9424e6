"""Write the settings that won as a tuning profile, with the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.errors import UsageError
from perftool.store import atomic
from perftool.store.reports import path_safe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perftool.model.tune import Candidate, TunePayload
    from perftool.tune.candidates import Setting


def check(path: Path, *, replace: bool) -> None:
    """Make sure, before long work, that the profile may be written.

    raises: UsageError when there is one already.
    """
    if path.exists() and not replace:
        raise UsageError(f"{path.name} is there already", hint="--replace, or another name: --write NAME")


def place(name: str, root: Path) -> Path:
    """Return the file of the profile with this name.

    raises: UsageError when it cannot be one.
    """
    if not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or name.startswith("."):
        raise UsageError(f"--write {name}: not the name of a profile", hint="letters, digits, dots and dashes")
    return root / "profiles" / f"{name}.toml"


def name_for(stem: str) -> str:
    """Return the name of the profile for a target."""
    return path_safe(f"gc-{stem}")


def write(path: Path, setting: Setting, payload: TunePayload, *, facts: Sequence[str]) -> None:
    """Write the profile; ``facts`` are lines about where and when it was measured.

    raises: OutputError when that fails.
    """
    best = next(one for one in payload.candidates if one.name == payload.winner)
    lines = [
        f'description = "Garbage collection of {printable(payload.target)}: {printable(best.name)}"',
        "",
        *(f"# {line}" for line in facts),
        "# CPU time beside what was in use, with its interval; memory at the peak:",
        *(f"#   {row(one)}" for one in payload.candidates),
        "# Apply it when everything is imported and warm:",
        f'#   perftool.profiling.collector.apply("{path.stem}")',
        "[gc]",
    ]
    if setting.threshold is not None:
        lines.append(f'threshold = "{",".join(map(str, setting.threshold))}"')
    if setting.freeze:
        lines.append("freeze = true")
    atomic.write_bytes(path, ("\n".join(lines) + "\n").encode())


def row(one: Candidate) -> str:
    """Return a candidate's figures as a line of evidence."""
    if one.ratio is None:
        return f"{one.name}: {one.reason}"
    between = f" ({one.lo:.3f} to {one.hi:.3f})" if one.lo is not None and one.hi is not None else ""
    peak = one.facts.get("peak-RSS-B")
    return f"{one.name}: {one.ratio:.3f}{between}" + (f", {peak / (1 << 20):.0f} MiB" if peak else "")


def printable(text: str) -> str:
    """Return ``text`` as it may stand in a TOML string without escapes."""
    return "".join(c if c.isprintable() and c not in '"\\' else " " for c in text)
