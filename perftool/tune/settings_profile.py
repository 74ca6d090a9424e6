"""Write settings of a database that won as a tuning profile, with the evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from perftool.store import atomic
from perftool.tune.writing import printable, row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perftool.model.tune import TunePayload
    from perftool.tune.settings import Tried

#: Statements of a candidate that people run themselves, where it stays in the file.
_ONCE: Final = "# Not a setting of a session: it stays in the file. Run it once, when nobody else uses the file:"


def write(path: Path, tried: Tried, *, in_use: dict[str, str], facts: Sequence[str]) -> None:
    """Write the profile; ``in_use`` are settings that were on already, ``facts`` lines about the measuring.

    raises: OutputError when that fails.
    """
    atomic.write_bytes(path, ("\n".join(lines(tried, in_use, facts)) + "\n").encode())


def lines(tried: Tried, in_use: dict[str, str], facts: Sequence[str]) -> list[str]:
    """Return the profile's lines."""
    payload = tried.payload
    settings = dict(in_use)
    for one in tried.chosen:
        settings |= one.settings
    found = [
        f'description = "Session settings for {printable(payload.target)}"',
        "",
        *(f"# {printable(line)}" for line in facts),
        "# Time of the workload beside what was in use, with its interval:",
        *(f"#   {_evidence(payload, at)}" for at in range(len(payload.candidates))),
    ]
    found += [f"# {one.name}: {printable(one.risk)}" for one in tried.chosen if one.risk]
    statements = [statement for one in tried.chosen for statement in one.file]
    if statements:
        found += [_ONCE, *(f"#   {statement};" for statement in statements)]
    if settings:
        pairs = ", ".join(json.dumps(f"{name}={value}", ensure_ascii=False) for name, value in settings.items())
        found += ["[database_settings]", f"{tried.driver} = [{pairs}]"]
    return found


def _evidence(payload: TunePayload, at: int) -> str:
    one = payload.candidates[at]
    mark = "*" if one.name == payload.winner else " "
    note = f"; {one.note}" if one.note else ""
    return f"{mark} {printable(row(one) + note)}"
