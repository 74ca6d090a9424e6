from __future__ import annotations

import pytest

from perftool.lint import filework
from perftool.lint.filework import FileWorker
from perftool.lint.records import StatementRecord
from perftool.lint.work import FileWork, Work

LIMIT = 1 << 20


def work(text: str, *, keys: bool) -> FileWork:
    return FileWork("a.sql", "postgres", "", ("all",), text.encode(), LIMIT, keys=keys, salt=b"s")


@pytest.mark.parametrize("keys", [True, False])
def test_statements_that_come_again_are_analysed_once(keys: bool) -> None:
    asked: list[str] = []

    def analyse(one: Work) -> StatementRecord:
        asked.append(one.text)
        return StatementRecord(kind="SELECT", error="broken" if "2" in one.text else "")

    worker = FileWorker(analyse)
    first = worker(work("SELECT 1; SELECT 2; SELECT 1;", keys=keys))
    again = worker(work("SELECT 2; SELECT 3;", keys=keys))
    assert asked == ["SELECT 1", "SELECT 2", "SELECT 3"]
    assert [(one.distinct, one.repeated, len(one.new)) for one in (first, again)] == [(2, 1, 2 * keys), (1, 1, keys)]


@pytest.mark.parametrize("keys", [True, False])
def test_what_is_remembered_is_bounded(keys: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filework, "REMEMBERED", 2_000)
    asked: list[str] = []

    def analyse(one: Work) -> StatementRecord:
        asked.append(one.text)
        return StatementRecord(kind="SELECT")

    worker = FileWorker(analyse)
    texts = [f"SELECT {number};" for number in range(100)]
    worker(work("\n".join(texts), keys=keys))
    worker(work(f"{texts[-1]} {texts[0]}", keys=keys))
    assert asked[100:] == ["SELECT 0"]
