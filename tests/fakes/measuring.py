"""A measuring process without a process, and a clock that only ticks when asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from perftool.bench.api import Case
from perftool.bench.server import ServerDiedError

Json = dict[str, Any]
Answer = Callable[[Json], Json]


def good(request: Json) -> Json:
    """Answer as a working case of 10 µs would."""
    if request["do"] == "load":
        return {}
    if request["do"] == "yardstick":
        return {"cpu": 0.004, "memory": 0.005}
    kind = request["kind"]
    if kind == "calibrate":
        return {"loops": 2000, "op_s": 1e-5}
    if kind == "time":
        return {"wall": 1e-5, "cpu": 9e-6, "peak": 1000}
    if kind == "latency":
        number = request["count"]
        shares = {"p50": 100, "p90": 110, "p99": 120, "max": 130}
        histogram = {"bits": 8, "indices": [100], "counts": [number], "count": number, "total": 100 * number}
        collected = {"count": 2, "total": 20, "longest": 15}
        return {**shares, **histogram, "minimum": 100, "maximum": 130, "gc": collected}
    return {"allocations": 3.0, "bytes": 96.0}


@dataclass
class Lab:
    """Makes fake servers and remembers what they were asked; ``answer`` may raise."""

    answer: Answer = good
    seeds: list[int] = field(default_factory=list)
    asked: list[tuple[int, Json]] = field(default_factory=list)
    closed: int = 0

    def start(self, hash_seed: int) -> FakeServer:
        self.seeds.append(hash_seed)
        return FakeServer(self, len(self.seeds) - 1)

    def kinds(self, kind: str) -> list[str]:
        """Return the cases of all requests of a kind, in order."""
        return [r["case"]["factory"] for _, r in self.asked if r.get("kind") == kind]


@dataclass
class FakeServer:
    lab: Lab
    number: int
    dead: bool = False

    def ask(self, request: Json, timeout_s: float) -> Json:
        assert not self.dead, "a dead server was asked"
        self.lab.asked.append((self.number, request))
        try:
            return self.lab.answer(request)
        except ServerDiedError:
            self.dead = True
            raise

    def close(self) -> None:
        self.lab.closed += 1


class FakeClock:
    """Every look takes a second."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        self.seconds += 1
        return self.seconds


def case(name: str, **more: Any) -> Case:
    return Case(suite="fake", case=name, factory=name, file=f"{name}.py", direct=True, **more)
