from __future__ import annotations

from perftool.model.verdict import ReportWarning
from perftool.render.notes import Notes


def warning(message: str, subject: str = "") -> ReportWarning:
    return ReportWarning(code="doubt", message=message, subject=subject)


def said(notes: Notes) -> list[tuple[str, str]]:
    return [(item.mark, item.text) for block in notes.footnotes() for item in block.items]


def test_a_doubt_about_several_rows_is_said_once() -> None:
    notes = Notes([warning("drifts", "a"), warning("load"), warning("drifts", "b")])
    assert notes.about("a") == "¹"
    assert notes.about("b") == "¹"
    assert notes.about("c") == ""
    assert said(notes) == [("⚠", "load"), ("¹", "drifts")]


def test_a_doubt_whose_row_is_not_shown_names_it() -> None:
    notes = Notes([warning("drifts", f"case {i}") for i in range(7)])
    assert said(notes) == [("⚠", "case 0, case 1, case 2, case 3, case 4 and 2 more: drifts")]


def test_a_doubt_about_everyone_marks_no_row() -> None:
    notes = Notes([warning("few blocks", "a"), warning("few blocks", "s/b")])
    notes.generalize([("a", "s/a"), ("b", "s/b")])
    assert notes.about("a", "s/a") == ""
    assert said(notes) == [("⚠", "few blocks")]


def test_messages_found_in_a_table_get_the_next_mark() -> None:
    notes = Notes([warning("drifts", "a")])
    assert notes.about("a") == "¹"
    assert notes.mark(["small sample", "small sample", "drifts"]) == "² ¹"
    assert said(notes) == [("¹", "drifts"), ("²", "small sample")]


def test_no_doubt_no_footnotes() -> None:
    assert Notes().footnotes() == ()
