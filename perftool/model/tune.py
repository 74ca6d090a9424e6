"""The payload of ``perftool tune``: settings that were tried side by side, and which one won."""

from __future__ import annotations

from perftool.model.base import Model
from perftool.model.database import DatabaseFacts, PoolFigures


class Candidate(Model, frozen=True):
    """One set of settings, judged against the first one, which is what is in use now.

    ``ratio`` is its time divided by that of the first, with the bounds ``lo`` and ``hi`` of its confidence interval;
    None where it could not be measured, and ``reason`` says why. ``facts`` are other figures of it by unit
    (``gc-sec/op``, ``gc-max-sec``, ``peak-RSS-B``). ``note`` says what else was found, such as statements that got
    slower, and ``risk`` what a crash may cost with it.
    """

    name: str
    settings: dict[str, str]
    ratio: float | None = None
    lo: float | None = None
    hi: float | None = None
    p: float | None = None
    facts: dict[str, float] = {}
    reason: str = ""
    note: str = ""
    risk: str = ""


class PoolPoint(Model, frozen=True):
    """A workload under one pool size, driven by ``threads`` at once.

    ``rate`` is queries per second, ``ratio`` that to the largest rate of all sizes, with the bounds ``lo`` and ``hi``,
    None where rounds are too few for them. ``predicted`` is the rate by Little's law: connections divided by the time
    that one is held at the smallest size. ``cpu_cores`` is how many cores client and server kept busy, None where the
    server's are not seen, ``client_cores`` those of the client alone, and ``other_cores`` those of programs that have
    no part in it.
    """

    size: int
    threads: int
    rate: float
    ratio: float
    lo: float | None
    hi: float | None
    predicted: float
    hold_p95_s: float
    wait_p95_s: float
    cpu_cores: float | None = None
    client_cores: float = 0.0
    other_cores: float | None = None
    pool: PoolFigures | None = None


class TunePayload(Model, frozen=True, tag_field="kind", tag="tune"):
    """What was tried for ``subject`` on ``target``.

    ``winner`` is the name of the candidate to use, the first one where no other is surely better. ``written`` is the
    profile that holds it, relative to the project, "" where none was written. For a pool: ``points`` are the sizes that
    were measured, ``knee`` the smallest one that more connections do not beat, ``bound`` what limits there ("cpu",
    "client": the one process that drives, "contention" or "waiting"), and ``recommended`` the size for
    ``arrival_rate`` queries per second.
    """

    subject: str
    target: str
    candidates: tuple[Candidate, ...]
    winner: str
    confidence: float
    written: str = ""
    why: str = ""
    databases: tuple[DatabaseFacts, ...] = ()
    points: tuple[PoolPoint, ...] = ()
    knee: int | None = None
    bound: str = ""
    arrival_rate: float | None = None
    recommended: int | None = None
