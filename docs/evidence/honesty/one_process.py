"""What --vs is not: one process a side, whose forked samples alternate with those of the other."""

from __future__ import annotations

import os
import random
import sys
from typing import TYPE_CHECKING, Any

from docs.evidence.honesty.plan import CASES, SEED, TIMEOUT_S, UNBLOCKED_SAMPLES
from docs.evidence.honesty.project import BENCHMARKS, sides
from docs.evidence.honesty.two_sides import KEPT, rounded
from perftool.bench import requests
from perftool.bench.api import Case
from perftool.bench.server import ServerDiedError, factory
from perftool.bench.settings import RunSettings

if TYPE_CHECKING:
    from pathlib import Path

    from docs.evidence.honesty.plan import Planned
    from perftool.bench.server import Server

Json = dict[str, Any]

_SETTINGS = RunSettings()
_TIMEOUT_S = min(TIMEOUT_S, _SETTINGS.timeout_s)


def measure(repository: Path, planned: Planned) -> Json:
    """Take as many samples of both sides as a run of --vs does, but all of a side from one process."""
    chance = random.Random(f"{SEED}/unblocked/{planned.number}")
    servers: list[Server] = []
    cases: list[dict[str, Case]] = []
    try:
        for folder in sides(repository):
            start = factory(sys.executable, {**os.environ, "PYTHONPATH": str(folder)}, fork=True)
            servers.append(start(chance.randrange(1, 1 << 32)))
            cases.append(_cases(folder))
            servers[-1].ask(requests.load(list(cases[-1].values())), _TIMEOUT_S)
        return {"rows": [_row(name, servers, cases, chance) for name in CASES]}
    except ServerDiedError as error:
        return {"lost": str(error)}
    finally:
        for server in servers:
            server.close()


def _cases(folder: Path) -> dict[str, Case]:
    file = str(folder / BENCHMARKS)
    return {n: Case(suite="workload", case=n, factory=f"bench_{n}", file=file, direct=True) for n in CASES}


def _row(name: str, servers: list[Server], cases: list[dict[str, Case]], chance: random.Random) -> Json:
    loops = int(servers[0].ask(requests.calibrate(cases[0][name], _SETTINGS), _TIMEOUT_S)["loops"])
    found: list[list[Json]] = [[], []]
    for _ in range(UNBLOCKED_SAMPLES):
        for side in chance.sample((0, 1), 2):
            reply = servers[side].ask(requests.timed(cases[side][name], loops, _SETTINGS), _TIMEOUT_S)
            found[side].append(reply)
    return {
        "case": name,
        **{
            clock: {
                side: [[rounded(reply[clock])] for reply in replies]
                for side, replies in zip(("base", "now"), found, strict=True)
            }
            for clock in KEPT
        },
    }
