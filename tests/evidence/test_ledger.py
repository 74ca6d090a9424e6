"""Results survive whatever happens to the process that writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs.evidence.honesty.ledger import Ledger, OtherStudyError, interrupted, read, runs

if TYPE_CHECKING:
    from pathlib import Path

HEADER = {"part": "vs", "code": "1"}


def test_a_finished_run_is_known_later(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "vs.jsonl", HEADER)
    ledger.begin(4, "now")
    ledger.end(4, {"verdict": "pass"})
    again = Ledger(tmp_path / "vs.jsonl", HEADER)
    assert again.finished(4)
    assert not again.finished(5)
    assert runs(read(tmp_path / "vs.jsonl")) == [{"run": 4, "verdict": "pass"}]


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_line_cut_short_is_dropped(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "vs.jsonl"
    ledger = Ledger(path, HEADER)
    ledger.end(1, {"verdict": "pass"})
    ledger.end(2, {"verdict": "fail"})
    path.write_bytes(path.read_bytes()[:-cut])
    again = Ledger(path, HEADER)
    assert again.finished(1)
    assert not again.finished(2)
    again.end(2, {"verdict": "fail"})
    assert [run["run"] for run in runs(read(path))] == [1, 2]


def test_a_header_cut_short_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "vs.jsonl"
    path.write_bytes(b'{"hea')
    Ledger(path, HEADER)
    assert read(path) == [{"header": HEADER}]


def test_results_of_other_code_are_refused(tmp_path: Path) -> None:
    Ledger(tmp_path / "vs.jsonl", HEADER)
    with pytest.raises(OtherStudyError, match="other code"):
        Ledger(tmp_path / "vs.jsonl", {**HEADER, "code": "2"})


def test_runs_begun_twice_are_counted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "vs.jsonl", HEADER)
    for number in (1, 2, 2, 2, 3):
        ledger.begin(number, "now")
    assert interrupted(read(tmp_path / "vs.jsonl")) == 2
