"""Fixes change what they say and nothing else, or the file stays as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.errors import OutputError
from perftool.lint.fixing import plan, settle, write
from perftool.lint.verifying import verifier
from perftool.model.diagnostic import Diagnostic, Fix, Span, TextEdit


def finding(*edits: tuple[int, int, str], code: str = "COR001", safe: bool = True) -> Diagnostic:
    made = tuple(TextEdit(start=start, end=end, text=text) for start, end, text in edits)
    span = Span(path="a.sql", start=0, end=0, line=1, column=1)
    return Diagnostic(code=code, severity="warning", message="m", span=span, fix=Fix(edits=made, safe=safe))


def fixed(data: bytes, *found: Diagnostic, unsafe: bool = False) -> bytes:
    planned = plan("a.sql", data, found, unsafe=unsafe)
    assert not planned.refused
    return planned.new


def reasons(data: bytes, *found: Diagnostic) -> list[str]:
    planned = plan("a.sql", data, found)
    assert len(planned.applied) + len(planned.refused) == len(found)
    return [one.reason for one in planned.refused]


def test_edits_replace_their_bytes():
    assert fixed(b"a = NULL -- x", finding((2, 8, "IS NULL"))) == b"a IS NULL -- x"
    assert fixed("é = NULL".encode(), finding((3, 9, "IS NULL"))) == "é IS NULL".encode()
    assert fixed(b"0123456789", finding((8, 9, "")), finding((0, 1, "a"), (3, 3, "b"), (5, 6, "c"))) == b"a12b34c679"


def test_damaged_bytes_and_nul_stay():
    assert fixed(b"\xff\0 a = NULL \xfe\r", finding((5, 11, "IS NULL"))) == b"\xff\0 a IS NULL \xfe\r"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\nb\n", b"x\ny\nb\n"),
        (b"a\r\nb\r\n", b"x\r\ny\r\nb\r\n"),
        (b"a\rb\r", b"x\ry\rb\r"),
        (b"a\nb\r\n", b"x\ny\nb\r\n"),
        (b"a", b"x\ny"),
    ],
)
def test_new_lines_end_as_those_of_the_file(data, expected):
    assert fixed(data, finding((0, 1, "x\ny"))) == expected


def test_of_edits_that_meet_the_first_is_made():
    first, second = finding((2, 5, "x")), finding((4, 8, "y"))
    planned = plan("a.sql", b"0123456789", [second, first])
    assert planned.new == b"01x56789"
    assert planned.applied == (first,)
    assert planned.refused == ((second, "overlaps another fix", True),)


@pytest.mark.parametrize("other", [(5, 8), (5, 5), (2, 2), (0, 2), (3, 4)])
def test_edits_side_by_side_count_as_meeting(other):
    assert reasons(b"0123456789", finding((2, 5, "x")), finding((*other, "y"))) == ["overlaps another fix"]


def test_a_fix_is_made_whole_or_not_at_all():
    planned = plan("a.sql", b"0123456789", [finding((1, 2, "x")), finding((1, 2, "y"), (8, 9, "z"))])
    assert planned.new == b"0x23456789"


def test_one_edit_may_serve_two_findings():
    planned = plan("a.sql", b"SELECT 1", [finding((0, 0, "-- x\n")), finding((0, 0, "-- x\n"))])
    assert planned.new == b"-- x\nSELECT 1"
    assert len(planned.applied) == 2


def test_unsafe_fixes_are_made_when_asked_for():
    unsafe = finding((0, 1, "b"), safe=False)
    assert reasons(b"a", unsafe) == ["it may change the meaning, and unsafe fixes were not asked for"]
    assert fixed(b"a", unsafe, unsafe=True) == b"b"


@pytest.mark.parametrize(
    ("data", "edit", "reason"),
    [
        (b"abc", (1, 9, "x"), "fit"),
        (b"abc", (2, 1, "x"), "fit"),
        ("é".encode(), (1, 2, "x"), "character"),
        (b"abc", (1, 2, "b"), "nothing"),
        ("SELECT 1".encode("utf-16"), (0, 1, "x"), "UTF-16"),
        (b"\xff\xfe\0\0", (0, 1, "x"), "UTF-32"),
    ],
)
def test_edits_that_cannot_be_made_are_refused(data, edit, reason):
    (told,) = reasons(data, finding(edit))
    assert reason in told
    assert plan("a.sql", data, [finding(edit)]).new == data


def test_findings_without_a_fix_are_no_matter():
    assert plan("a.sql", b"a", [Diagnostic(code="COR001", severity="warning", message="m")]) == (b"a", (), ())


def test_bad_fixes_are_sought_out_and_the_others_kept():
    found = [finding((3 * number, 3 * number + 1, "!" if number in (2, 6) else "x")) for number in range(8)]
    asked = []

    def verify(old: bytes, new: bytes, tried: object) -> str:
        asked.append(new)
        return "it would shout" if b"!" in new else ""

    planned = plan("a.sql", b"ab " * 8, found, verify=verify)
    assert planned.new == b"xb xb ab xb xb xb ab xb "
    assert [one.reason for one in planned.refused] == ["it would shout"] * 2
    assert len(planned.applied) == 6
    assert len(asked) <= 1 + 2 * 2 * 3


def test_good_fixes_cost_one_verification():
    asked = []
    found = [finding((2 * number, 2 * number + 1, "x")) for number in range(50)]
    plan("a.sql", b"a " * 50, found, verify=lambda *given: asked.append(given) or "")
    assert len(asked) == 1
    assert asked[0][2] == found


def test_passes_go_on_while_fixes_stand_in_each_others_way():
    def look(data: bytes) -> list[Diagnostic]:
        places = [number for number in range(len(data) - 1) if data[number : number + 2] == b"aa"]
        return [finding((place, place + 2, "a")) for place in places]

    settled = settle("a.sql", b"aaaaaaaa", look)
    assert settled.new == b"a"
    assert not settled.refused
    assert settled.passes == 4
    endless = settle(
        "a.sql", b"ab", lambda data: [finding((0, 1, "ba"[data[:1] == b"b"])), finding((0, 2, "x"))], passes=5
    )
    assert endless.passes == 5


def look(data: bytes) -> list[Diagnostic]:
    """Find a capital X as COR001, and report a bang as not parsed."""
    found = [finding((at, at + 1, "x")) for at in range(len(data)) if data[at : at + 1] == b"X"]
    return found + [finding(code="PT000")] * data.count(b"!")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (b"x;X;", ""),
        (b"x;x;", ""),
        (b"X;X;", "COR001 would still be found"),
        (b"xX;X;", "COR001 would still be found"),
        (b"x;X;;", "it would make 3 statements of 2"),
        (b"x!;X;", "the result could not be checked: m"),
    ],
)
def test_the_result_is_verified(new, reason):
    verify = verifier(look, lambda data: data.count(b";"))
    assert verify(b"X;X;", new, [look(b"X")[0]]) == reason


def test_what_was_not_parsed_before_is_no_fault_of_a_fix():
    verify = verifier(look, lambda data: data.count(b";"))
    assert verify(b"X;!;", b"x;!;", look(b"X")) == ""


def test_a_fix_must_not_give_another_rule_something_to_say():
    def others(data: bytes) -> list[Diagnostic]:
        return look(data) + [finding(code="COR002")] * data.count(b"y") + [finding(code="PT010")] * data.count(b"u")

    verify = verifier(others, lambda data: 1)
    assert verify(b"Xy", b"yy", look(b"X")) == "COR002 would be found instead"
    assert verify(b"Xy", b"uy", look(b"X")) == ""


def test_a_fix_may_add_the_statements_that_it_writes_out():
    verify = verifier(lambda data: [], lambda data: data.count(b";"))
    setting = finding((0, 0, "SET lock_timeout = ';2s';\n"))
    assert verify(b"ALTER;", b"SET lock_timeout = '.2s';\nALTER;", [setting]) == ""
    assert "make 3 statements of 1" in verify(b"ALTER;", b"SET;\nALTER;;", [setting])
    assert "make 1 statements of 2" in verify(b"A;B;", b"A B;", [finding((1, 2, " "), (2, 2, ";"))])


EDITS = st.tuples(st.integers(0, 30), st.integers(0, 6), st.text(alphabet="abé", max_size=3))


@given(st.binary(max_size=30), st.lists(st.lists(EDITS, min_size=1, max_size=3), max_size=6))
def test_nothing_but_the_edits_changes(data, groups):
    found = [finding(*[(start, start + size, text) for start, size, text in group]) for group in groups]
    planned = plan("a.sql", data, found)
    assert len(planned.applied) + len(planned.refused) == len(found)
    expected = data
    edits = {(edit.start, edit.end, edit.text) for one in planned.applied if one.fix for edit in one.fix.edits}
    for start, end, text in sorted(edits, reverse=True):
        expected = expected[:start] + text.encode() + expected[end:]
    assert planned.new == expected


# Writing.


def test_the_file_is_replaced_and_keeps_its_mode(tmp_path):
    path = tmp_path / "a.sql"
    path.write_bytes(b"old")
    path.chmod(0o750)
    write(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o7777 == 0o750
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_to_change_is_no_write(tmp_path):
    path = tmp_path / "a.sql"
    path.write_bytes(b"old")
    before = path.stat().st_ino
    write(path, b"old", b"old")
    assert path.stat().st_ino == before


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    path = tmp_path / "a.sql"
    path.write_bytes(b"edited")
    with pytest.raises(OutputError, match="changed while it was checked") as caught:
        write(path, b"old", b"new")
    assert caught.value.hint
    assert path.read_bytes() == b"edited"


def test_of_a_link_the_target_is_replaced(tmp_path):
    (tmp_path / "b.sql").write_bytes(b"old")
    link = tmp_path / "a.sql"
    link.symlink_to("b.sql")
    write(link, b"old", b"new", root=tmp_path)
    assert link.is_symlink()
    assert (tmp_path / "b.sql").read_bytes() == b"new"


def test_a_link_out_of_the_project_is_refused(tmp_path):
    outside = tmp_path / "outside.sql"
    outside.write_bytes(b"old")
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.sql").symlink_to(outside)
    with pytest.raises(OutputError, match="outside the project"):
        write(project / "a.sql", b"old", b"new", root=project)
    assert outside.read_bytes() == b"old"


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(OutputError, match="no such file"):
        write(tmp_path / "a.sql", b"", b"new")
    with pytest.raises(OutputError, match="not a file"):
        write(tmp_path, b"", b"new")


def test_a_read_only_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.sql"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="read-only"):
        write(path, b"old", b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(tmp_path):
    path = tmp_path / "a.sql"
    path.write_bytes(b"old")
    os.chown(path, 12345, 12346)
    path.chmod(0o640)
    write(path, b"old", b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (12345, 12346, 0o640)


def test_a_full_disk_leaves_the_file(tmp_path, monkeypatch):
    path = tmp_path / "a.sql"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="no space left"):
        write(path, b"old", b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in Path(tmp_path).iterdir()] == ["a.sql"]
