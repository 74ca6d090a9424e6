"""What processes said is put together by fingerprint; nothing is lost without being told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from perftool.databases.recorder import ledger as book
from perftool.databases.recorder.ledger import Ledger
from perftool.errors import InputError
from perftool.profiling import statements_report
from perftool.profiling.statements import collect, figures, merged

if TYPE_CHECKING:
    from pathlib import Path


def noted(*texts: str, system: str = "sqlite") -> Ledger:
    ledger = Ledger()
    for text in texts:
        run = ledger.ran(text, (), system, 1, 0)
        ledger.fetched(run, 0, [(1,), (2,)])
    return ledger


def test_processes_are_added_up_by_normal_form() -> None:
    first, second = noted("SELECT 1", "select 2", "SELECT x FROM t"), noted("SELECT  3 -- again", system="postgresql")
    ran = merged([first.said(), second.said()], "")
    assert {one.text: (one.count, one.rows) for one in figures(ran, "count")} == {
        "select ?": (3, 6),
        "select x from t": (1, 2),
    }
    assert figures(ran, "count")[0].databases == ("sqlite", "postgresql")
    assert (ran.count, ran.processes) == (4, 2)


def test_what_cannot_be_kept_apart_is_counted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_FIGURES", 2)
    ran = merged([noted("SELECT a", "SELECT b", "SELECT c", "SELECT a").said()], "")
    assert (ran.count, ran.lost, len(ran.statements)) == (4, 1, 2)
    assert [one.code for one in statements_report.doubts(ran)] == ["statements-lost"]


def test_a_folder_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was not watched"):
        collect(tmp_path, "")
    (tmp_path / "statements-1-1.json").write_text('{"version": 1, "half')
    (tmp_path / "statements-2-1.json").write_text(json.dumps({"version": 99}))
    with pytest.raises(InputError, match="was not watched"):
        collect(tmp_path, "")
    (tmp_path / "statements-3-1.json").write_text(
        json.dumps({"version": 1, "ended": False, **noted("SELECT 1").said()})
    )
    ran = collect(tmp_path, "")
    assert (ran.count, ran.cut) == (1, 1)
    assert [one.code for one in statements_report.doubts(ran)] == ["recording-cut"]
