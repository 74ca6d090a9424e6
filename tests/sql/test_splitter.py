# ruff: noqa: E501  cases read best in one line each
"""Splitting: every construct of every dialect, and what no input can break."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.sql import scanning, splitter
from perftool.sql.dialects import KNOWN
from perftool.sql.splitter import pieces, statements


def cut(text: str | bytes, dialect: str = "") -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [data[p.start : p.end].decode() for p in statements(data, dialect)]


def of_kind(text: str, kind: str, dialect: str = "") -> list[str]:
    data = text.encode()
    return [data[p.start : p.end].decode() for p in pieces(data, dialect) if p.kind == kind]


def faults(text: str, dialect: str = "") -> list[str]:
    return [p.fault for p in statements(text.encode(), dialect)]


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("", "select 1; select 2", ["select 1", "select 2"]),
        ("", "", []),
        ("", " \n;; ; -- nothing\n", []),
        ("", "select 1 ;\r\nselect 2\r\n;\rselect 3", ["select 1", "select 2", "select 3"]),
        ("", "-- a; b\nselect 1 -- c; d\n; /* e; */ select 2", ["select 1 -- c; d", "select 2"]),
        ("", "select 'a;b', 'it''s; x'; select 2", ["select 'a;b', 'it''s; x'", "select 2"]),
        ("", 'select ";" as "a""b;"; select `;`; x', ['select ";" as "a""b;"', "select `;`", "x"]),
        ("postgres", r"select E'a\';b'; select 2", [r"select E'a\';b'", "select 2"]),
        ("postgres", r"select 'a\'; select 2", [r"select 'a\'", "select 2"]),
        ("postgres", "select N'a;b'; select some_e'x'; y", ["select N'a;b'", "select some_e'x'", "y"]),
        ("postgres", "select $$a;b$$; select $t$ $$;$$ $t$; z", ["select $$a;b$$", "select $t$ $$;$$ $t$", "z"]),
        ("postgres", "select $1; select a$b$; c$b$; d", ["select $1", "select a$b$", "c$b$", "d"]),
        ("postgres", "/* a /* b; */ c; */ select 1; select 2", ["select 1", "select 2"]),
        ("postgres", "select 1 /* a /* b; */ c; */ + 2; x", ["select 1 /* a /* b; */ c; */ + 2", "x"]),
        ("mysql", "select /* a /* b */ 1; select 2", ["select /* a /* b */ 1", "select 2"]),
        ("mysql", "select 1 # a; b\n; select 5--1; x", ["select 1 # a; b", "select 5--1", "x"]),
        ("mysql", r"select 'it\'s;', 2; select 3", [r"select 'it\'s;', 2", "select 3"]),
        ("mysql", r'select "a\";"; select 3', [r'select "a\";"', "select 3"]),
        ("mysql", "\\g select 1", ["select 1"]),
        ("mysql", "select 1\\G\nselect 2\\g", ["select 1", "select 2"]),
        ("tsql", "select [a;]]b]; select 2", ["select [a;]]b]", "select 2"]),
        ("tsql", "select 1\nGO\nselect 2\n go 5 -- x\nselect going", ["select 1", "select 2", "select going"]),
        ("tsql", "create proc p as select 1; select 2;\nGO\nselect 3", ["create proc p as select 1; select 2;", "select 3"]),
        ("tsql", "if 1=1 begin select 1; end; select 2", ["if 1=1 begin select 1; end", "select 2"]),
        ("tsql", "begin try select 1; end try; begin tran; commit", ["begin try select 1; end try", "begin tran", "commit"]),
        ("oracle", "select q'[a'; b]', nq'{;'}' from d; x", ["select q'[a'; b]', nq'{;'}' from d", "x"]),
        ("oracle", "select q'!;'!' from d\n/\nx", ["select q'!;'!' from d", "x"]),
        ("oracle", "begin a; end;\n/\nselect 1 / 2 from d;", ["begin a; end;", "select 1 / 2 from d"]),
        (
            "oracle",
            "create or replace package p is procedure a; end;\n/\nselect 1",
            ["create or replace package p is procedure a; end;", "select 1"],
        ),
        ("bigquery", "select '''a;'b''', r'x;'; select 2", ["select '''a;'b''', r'x;'", "select 2"]),
        ("bigquery", "if a then select 1; end if; select 2", ["if a then select 1; end if", "select 2"]),
        ("snowflake", "select 1 // a; b\n; select $$a;b$$", ["select 1 // a; b", "select $$a;b$$"]),
        ("snowflake", "declare x int; begin x := 1; end; select 2", ["declare x int; begin x := 1; end", "select 2"]),
        ("sqlite", "select [a;b]; begin; end; x", ["select [a;b]", "begin", "end", "x"]),
        (
            "sqlite",
            "create trigger t after insert on x begin update a set b = case when 1 then 2 end; delete from c; end; y",
            [
                "create trigger t after insert on x begin update a set b = case when 1 then 2 end; delete from c; end",
                "y",
            ],
        ),
        (
            "mysql",
            "create procedure p() begin if a then set b = 1; end if; case a when 1 then set c = 1; end case; end; y",
            ["create procedure p() begin if a then set b = 1; end if; case a when 1 then set c = 1; end case; end", "y"],
        ),
        (
            "mysql",
            "create definer=`r`@`%` event e on schedule every 1 day do begin delete from t; end; y",
            ["create definer=`r`@`%` event e on schedule every 1 day do begin delete from t; end", "y"],
        ),
        ("mysql", "create table event (`end` int, `case` int); y", ["create table event (`end` int, `case` int)", "y"]),
        (
            "postgres",
            "create function f() returns int begin atomic select 1; select 2; end; y",
            ["create function f() returns int begin atomic select 1; select 2; end", "y"],
        ),
        ("postgres", "create rule r as on insert to t do (select 1; select 2); y", ["create rule r as on insert to t do (select 1; select 2)", "y"]),
        ("postgres", "begin; select 1; end; commit", ["begin", "select 1", "end", "commit"]),
        ("postgres", "begin isolation level serializable; x", ["begin isolation level serializable", "x"]),
        ("", "begin select 1; select 2; end; x", ["begin select 1; select 2; end", "x"]),
    ],
)  # fmt: skip
def test_statements(dialect: str, text: str, expected: list[str]) -> None:
    assert cut(text, dialect) == expected


def test_delimiter_command_changes_the_delimiter() -> None:
    text = "DELIMITER $$\ncreate procedure p() begin select 1; end$$\ndelimiter ;\nselect 2; select 3"
    assert cut(text, "mysql") == ["create procedure p() begin select 1; end", "select 2", "select 3"]
    assert of_kind(text, "command", "mysql") == ["DELIMITER $$", "delimiter ;"]


@pytest.mark.parametrize("delimiter", ["//", ";;", "|", "$", "go", "--", "'", "/*", "\\", "#"])
def test_any_delimiter(delimiter: str) -> None:
    text = f"delimiter {delimiter}\nselect 1; select 2{delimiter}\nselect 3{delimiter}"
    assert cut(text, "mysql") == ["select 1; select 2", "select 3"]


def test_psql_commands_and_copy_data() -> None:
    text = (
        "\\set x 1\nselect 1 \\gset\ncopy t (a) from stdin with csv;\n1;'\n\\n\n\\.\nselect 2;\n"
        "\\copy t from stdin\nx;\n\\.\nselect 3 \\; select 4;"
    )
    assert cut(text, "postgres") == ["select 1", "copy t (a) from stdin with csv", "select 2", "select 3 \\; select 4"]
    assert of_kind(text, "data", "postgres") == ["1;'\n\\n\n\\.\n", "x;\n\\.\n"]
    assert of_kind(text, "command", "postgres") == ["\\set x 1", "\\copy t from stdin"]
    assert "\\gset" in of_kind(text, "separator", "postgres")


def test_copy_data_without_an_end_is_the_rest() -> None:
    assert of_kind("copy t from stdin;\n1\n2", "data", "postgres") == ["1\n2"]
    assert cut("copy t to stdout; select 1", "postgres") == ["copy t to stdout", "select 1"]


def test_client_lines() -> None:
    assert of_kind(".mode csv\nselect 1;", "command", "sqlite") == [".mode csv"]
    assert of_kind("set define off\nprompt a;b\nselect 1;", "command", "oracle") == ["set define off", "prompt a;b"]


@pytest.mark.parametrize(
    ("text", "dialect", "fault"),
    [
        ("select 'a; b", "", "string"),
        ('select "a; b', "", "quoted name"),
        ("select `a; b", "mysql", "quoted name"),
        ("select [a; b", "tsql", "quoted name"),
        ("select /* a; b", "", "comment"),
        ("/* a; b", "", "comment"),
        ("/* /* a; */ b", "postgres", "comment"),
        ("/* a; b", "mysql", "comment"),
        ("select /* /* */ a; b", "postgres", "comment"),
        ("select $$ a; b", "postgres", "string"),
        ("select q'[ a; b", "oracle", "string"),
        ("create procedure p() begin select 1;", "mysql", "body"),
    ],
)
def test_what_is_never_closed_takes_the_rest_and_says_so(text: str, dialect: str, fault: str) -> None:
    assert cut("select 1; " + text, dialect) == ["select 1", text]
    assert faults("select 1; " + text, dialect) == ["", fault]


def test_marks_nul_and_bad_utf8_stay_where_they_are() -> None:
    data = b"\xef\xbb\xbfselect '\xff\x00;'; \x00 select \x80"
    assert [data[p.start : p.end] for p in statements(data)] == [b"select '\xff\x00;'", b"select \x80"]


FRAGMENTS = st.sampled_from(
    [
        "select 1", ";", "'", "''", '"', "`", "[", "]", "--", "\n", "\r\n", "\r", "/*", "*/", "#", "$$", "$a$", "$",
        "\\", "\\g", "\\copy t from stdin", "\\.", "copy t from stdin", "begin", "end", "case", "end if", "if", "go",
        "GO 5", "/", "delimiter //", "delimiter ;", "delimiter", "//", "q'[", "]'", "E'", "e'\\'", "(", ")", " ", "é",
        "\0", "\ufeff", "create procedure p", "create function f", "declare", "'''", '"""', ".mode", "@x", "loop",
    ]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join), st.sampled_from(KNOWN))
@settings(max_examples=600, deadline=None)
def test_pieces_joined_are_the_input(text: str, dialect: str) -> None:
    whole(text.encode(), dialect)


@given(st.binary(max_size=200), st.sampled_from(KNOWN))
@settings(max_examples=400, deadline=None)
def test_no_bytes_break_it(data: bytes, dialect: str) -> None:
    whole(data, dialect)


CAREFUL = {"simple": re.compile(rb"(?!)"), "plain": re.compile(rb"()(?!)|")} | dict.fromkeys(
    ("run", "still", "between"), re.compile(rb"")
)


@given(
    st.lists(FRAGMENTS | st.sampled_from([" ", ";", "\n", "a", ".begin", "begin;", "\\;", "7", "::"]), max_size=40),
    st.sampled_from(KNOWN),
)
@settings(max_examples=600, deadline=None)
def test_short_cuts_change_nothing(parts: list[str], dialect: str) -> None:
    """What is passed over in one match is what a walk from decision to decision comes to."""
    data = "".join(parts).encode()

    def careful(dialect: str, delimiter: bytes = b";") -> scanning.Scanner:
        return dataclasses.replace(scanning.scanner(dialect, delimiter), **CAREFUL)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitter, "scanner", careful)
        expected = list(pieces(data, dialect))
    assert list(pieces(data, dialect)) == expected
    assert list(statements(data, dialect)) == [piece for piece in expected if piece.kind == "statement"]


def whole(data: bytes, dialect: str) -> None:
    position = 0
    for piece in pieces(data, dialect):
        assert piece.start == position
        assert piece.end > piece.start
        position = piece.end
    assert position == len(data)


@pytest.mark.parametrize("dialect", ["", "postgres", "mysql", "tsql", "oracle", "bigquery", "snowflake"])
@pytest.mark.parametrize(
    "unit",
    [";", "(", "'", '"', "/*", "*/", "--", "$$", "$a$", "q'[ ", "e'\\", "begin ", "case ", "\n/", "\ngo x", "\\", "-", "\r",
     "create function f begin ", "copy t from stdin;\n", "declare ", "'''", "/* */", "select 1;"],
)  # fmt: skip
def test_work_grows_with_the_text_only(unit: str, dialect: str) -> None:
    """A quadratic scanner would need minutes for one of these; the piece count is what a linear one yields."""
    data = (unit * (60_000 // len(unit))).encode()
    whole(data, dialect)
    assert all(piece.kind == "statement" for piece in statements(data, dialect))
