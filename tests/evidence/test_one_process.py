"""The unblocked design takes all samples of a side from one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docs.evidence.honesty import one_process, plan
from docs.evidence.honesty.plan import Planned
from perftool.bench.server import ServerDiedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


class FakeServer:
    """Answers at once: its own number as the time of every sample."""

    made: list[FakeServer]

    def __init__(self, seed: int, *, dies: bool) -> None:
        self.seed, self.number, self.dies, self.closed, self.samples = seed, len(self.made) + 1, dies, False, 0
        self.made.append(self)

    def ask(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        if self.dies:
            raise ServerDiedError("killed")
        self.samples += request.get("kind") == "time"
        return {"loops": 3, "cpu": float(self.number), "wall": self.number / 2}

    def close(self) -> None:
        self.closed = True


def patched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, dies: bool = False) -> list[FakeServer]:
    FakeServer.made = []

    def factory(python: str, environment: object, *, fork: bool) -> Callable[[int], FakeServer]:
        return lambda seed: FakeServer(seed, dies=dies)

    monkeypatch.setattr(one_process, "factory", factory)
    monkeypatch.setattr(one_process, "sides", lambda repository: (tmp_path / "base", tmp_path / "same"))
    return FakeServer.made


def test_two_processes_serve_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = patched(monkeypatch, tmp_path)
    record = one_process.measure(tmp_path, Planned(1))
    assert [row["case"] for row in record["rows"]] == list(plan.CASES)
    assert record["rows"][0]["cpu"] == {"base": [[1.0]] * 40, "now": [[2.0]] * 40}
    assert [server.samples for server in made] == [160, 160]
    assert made[0].seed != made[1].seed
    assert all(server.closed for server in made)


def test_a_process_that_dies_loses_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = patched(monkeypatch, tmp_path, dies=True)
    assert one_process.measure(tmp_path, Planned(1)) == {"lost": "killed"}
    assert all(server.closed for server in made)
