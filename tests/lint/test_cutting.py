"""Large files go to workers in stretches, and say what they say as a whole."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from perftool.lint import cutting, gathering, sharing
from perftool.lint.cutting import Cutting, Entry, Out
from perftool.lint.loading import Spoken
from perftool.lint.selection import Choices, Selection
from perftool.lint.totals import Totals
from perftool.lint.work import Stretch, decode_work, encode
from perftool.lint.worker import make, settings
from perftool.workers.api import Outcome
from tests.lint.test_engine import NULLS, run, told, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from perftool.lint.records import FileRecord
    from perftool.workers.api import Item

TEXT = "".join(
    f"-- é\nINSERT INTO t (a) VALUES ({number % 50});\nSELECT 1;\n"
    f"{NULLS} AND b = {number % 7};\nCREATE TABLE t{number} (a int);\n"
    for number in range(60)
)


def test_a_file_in_stretches_gives_what_it_gives_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a=TEXT, b=NULLS)
    with run(tmp_path) as done:
        findings, places, totals = list(done.diagnostics), told(done), done.totals
    assert len(findings) > 60
    monkeypatch.setattr(gathering, "LARGE", 1000)
    monkeypatch.setattr(sharing, "LARGE", 0)
    for most in (1, 7, 1000):
        monkeypatch.setattr(cutting, "STRETCH", most)
        with run(tmp_path) as done:
            assert (list(done.diagnostics), told(done)) == (findings, places)
            assert (done.totals.statements, done.totals.size) == (totals.statements, totals.size)
            # Only within one process is a statement of another file known too.
            assert done.totals.distinct + done.totals.repeated == totals.distinct + totals.repeated


@pytest.fixture
def made() -> list[tuple[FileRecord, bool]]:
    return []


@pytest.fixture
def cutter(made: list[tuple[FileRecord, bool]]) -> Cutting:
    return Cutting(itertools.count(), 100, Totals(), lambda _, record, lasting: made.append((record, lasting)))


def out(text: str) -> Out:
    plan = Selection(Choices(dialect="postgres")).plan("a.sql")
    return Out(Entry("a.sql", b""), plan, Spoken("postgres", "as chosen"), ("all",), text.encode())


def worked(item: Item, work: Callable[[bytes], bytes]) -> Outcome:
    return Outcome(item.number, work(item.payload))


def test_what_a_worker_did_not_survive_goes_again_one_by_one(
    cutter: Cutting, made: list[tuple[FileRecord, bool]]
) -> None:
    work = make(settings(["COR001"], {}, (), ()))
    [item] = cutter.cut(out(f"SELECT 1; SELECT 2; {NULLS}; SELECT 2"))
    assert not cutter.waits
    cutter.take(Outcome(item.number, None, "killed", "its worker ended"))
    assert cutter.waits
    assert not made
    first, second, third = cutter.again()
    cutter.take(worked(third, work))
    cutter.take(Outcome(second.number, None, "killed", "its worker ended"))
    cutter.take(worked(first, work))
    [(record, lasting)] = made
    assert not lasting
    assert [(one.number, one.record.error_code, bool(one.record.error)) for one in record.statements] == [
        (1, "PT004", True),
        (2, "PT000", False),
        (3, "PT004", True),
    ]


def test_a_file_alone_goes_a_statement_at_a_time(cutter: Cutting, made: list[tuple[FileRecord, bool]]) -> None:
    items = list(cutter.cut(out("SELECT 1; SELECT 2; SELECT 1"), alone=True))
    stretches = [decode_work(item.payload) for item in items]
    assert [len(one.statements) for one in stretches if isinstance(one, Stretch)] == [1, 1]
    work = make(settings([], {}, (), ()))
    for item in items:
        cutter.take(worked(item, work))
    assert [record.count for record, _ in made] == [3]


def test_a_file_without_a_statement_is_there_at_once(cutter: Cutting, made: list[tuple[FileRecord, bool]]) -> None:
    assert list(cutter.cut(out("-- nothing"))) == []
    assert [(record.count, lasting) for record, lasting in made] == [(0, True)]


def test_a_statement_that_is_too_long_is_not_sent(cutter: Cutting, made: list[tuple[FileRecord, bool]]) -> None:
    assert list(cutter.cut(out(f"SELECT '{'x' * 100}'"))) == []
    assert [one.record.error_code for one in made[0][0].statements] == ["PT001"]


def test_records_that_share_their_parts_are_the_same_records(
    cutter: Cutting, made: list[tuple[FileRecord, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = make(settings(["COR001"], {}, (), ()))
    for item in cutter.cut(
        out("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); CREATE TABLE t (a int);\n" + NULLS)
    ):
        cutter.take(worked(item, work))
    [(record, _)] = made
    monkeypatch.setattr(sharing, "LARGE", 0)
    again = sharing.decode_file(encode(record))
    assert again == record
    first, second = again.statements[:2]
    assert first.record.actions is second.record.actions
