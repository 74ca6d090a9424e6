"""Reading callgrind's dumps, with a C library that writes them itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.harness import instruction
from perftool.bench.harness.instruction import TIERS, Counter, instructions, total

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("few_objects")

ONCE = 70


class Callgrind:
    """An operation of so many instructions in a process whose every ``ctermid`` writes a dump, as under callgrind."""

    def __init__(self, folder: Path, per_operation: float) -> None:
        self.folder, self.per_operation = folder, per_operation
        self.since, self.dumps = 0.0, 0
        self.runs: list[int] = []

    def run(self, count: int) -> None:
        self.runs.append(count)
        self.since += ONCE + count * self.per_operation

    def dump(self) -> str:
        self.dumps += 1
        costs = "0 7\n" * 2000
        text = f"version: 1\nevents: Ir\nfn=(1)\n{costs}\ntotals: {int(self.since)}\n"
        (self.folder / f"{os.getpid()}.{self.dumps}").write_text(text, encoding="ascii")
        self.since = 0.0
        return "/dev/tty"


@pytest.fixture
def under(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def started(per_operation: float) -> Callgrind:
        process = Callgrind(tmp_path, per_operation)
        monkeypatch.setattr(os, "ctermid", process.dump)
        monkeypatch.setattr(instruction.gc, "disable", lambda: None)
        return process

    return started


@pytest.mark.parametrize("tier", range(len(TIERS)))
def test_what_a_run_costs_once_cancels(under: Any, tmp_path: Path, tier: int) -> None:
    per_operation = (1000, 3_000_000, 50_000_000)[tier]
    process = under(per_operation)
    _, warm_up, few, many = TIERS[tier]
    found = instructions(process, str(tmp_path))
    assert found == {"instructions": per_operation, "operations": many - few}
    assert process.runs == [1, 1, *([warm_up] if warm_up else []), few, many]


def test_calls_of_the_measured_code_itself_are_added_up(under: Any, tmp_path: Path) -> None:
    process = under(500)
    plain = process.run

    def calling(count: int) -> None:
        for _ in range(count):
            plain(1)
            os.ctermid()

    process.run = calling
    assert instructions(process, str(tmp_path))["instructions"] == 500 + ONCE


def test_without_dumps_there_is_a_reason(tmp_path: Path, under: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = under(1)
    monkeypatch.setattr(os, "ctermid", lambda: "/dev/tty")
    with pytest.raises(LookupError, match="valgrind wrote no counts"):
        Counter(str(tmp_path)).of(process, 1)


def test_a_dump_without_a_total_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "1.1"
    path.write_bytes(b"events: Ir\ntotals:")
    with pytest.raises(LookupError, match="no total"):
        total(str(path))
