"""Comments silence what they stand at, and are reported when they silence nothing."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.lint import catalog
from perftool.lint.check import check
from perftool.lint.fixing import plan
from perftool.lint.placing import diagnostic
from perftool.lint.reading.templates import neutralise
from perftool.lint.records import Placed, StatementRecord
from perftool.lint.rules.blocking_index_build import RULE as BLOCKING
from perftool.lint.rules.null_comparison import RULE
from perftool.lint.suppressions import Suppression, apply, read
from perftool.sql.source import Source

if TYPE_CHECKING:
    from perftool.model.diagnostic import Diagnostic
    from perftool.sql.source import Statement

RULES = {RULE.code: RULE}
OTHER = dataclasses.replace(RULE, code="COR002", name="another-rule")
KNOWN = {**RULES, OTHER.code: OTHER, BLOCKING.code: BLOCKING}
BAD = "SELECT id FROM t WHERE a = NULL"


def linted(sql: str, dialect: str = "postgres") -> list[Diagnostic]:
    return [
        diagnostic("a.sql", one.code, RULE.name, RULE.severity, one.finding, one.statement, number)
        for number, one in enumerate(check({"a.sql": sql}, dialect, rules=[RULE])["a.sql"])
    ]


def left(sql: str, dialect: str = "postgres") -> list[Diagnostic]:
    """Return what stays of the findings of COR001 in ``sql``, with what is said of its comments."""
    kept, silenced = apply(linted(sql, dialect), read(sql.encode(), dialect), (), "a.sql", RULES, KNOWN)
    assert len(linted(sql, dialect)) - silenced == len([one for one in kept if one.code == "COR001"])
    return kept


def codes(sql: str, dialect: str = "postgres") -> list[str]:
    return [one.code for one in left(sql, dialect)]


def lines(sql: str, dialect: str = "postgres") -> list[int]:
    """Return the lines on which COR001 is still reported."""
    return [one.span.line for one in left(sql, dialect) if one.code == "COR001" and one.span]


def test_without_comments_all_stays():
    assert codes(f"{BAD};\n{BAD}") == ["COR001", "COR001"]
    assert read(b"SELECT 1 -- an ordinary remark") == ()


def test_behind_the_statement_on_its_line():
    assert codes(f"{BAD}; -- perftool: ignore[COR001] legacy") == []
    assert codes(f"{BAD} -- perftool: ignore[COR001]") == []
    assert lines(f"{BAD}; -- perftool: ignore[COR001]\n{BAD};") == [2]


def test_behind_its_end_all_of_a_statement_is_meant():
    assert codes("SELECT id FROM t\nWHERE a = NULL\n  AND b = 1; -- perftool: ignore[COR001]") == []


def test_alone_above_a_statement():
    assert lines(
        f"{BAD};\n\n-- perftool: ignore[COR001]\n-- it is old\nSELECT 1 AS x\n FROM t WHERE a\n= NULL;\n{BAD};"
    ) == [1, 8]
    assert codes(f"/* perftool: ignore[COR001] */ {BAD}") == []


def test_alone_within_a_statement_the_next_line_is_meant():
    sql = "SELECT id FROM t WHERE a = NULL\n  -- perftool: ignore[COR001]\n  -- and why\n  OR b = NULL\n  OR c = NULL;"
    assert lines(sql) == [1, 5]


def test_within_a_statement_a_line_is_meant():
    assert lines("SELECT id FROM t WHERE a = NULL -- perftool: ignore[COR001]\n  OR b = NULL;") == [2]
    assert lines("SELECT id FROM t WHERE a /* perftool: ignore[COR001] */ = NULL\n  OR b = NULL;") == [2]


def test_a_finding_over_several_lines_is_silenced_from_its_first_and_its_last():
    assert codes("SELECT id FROM t WHERE a -- perftool: ignore[COR001]\n  =\n  NULL AND b = 1") == []
    assert codes("SELECT id FROM t WHERE a\n  =\n  NULL -- perftool: ignore[COR001]\n  AND b = 1") == []
    assert lines("SELECT id FROM t WHERE a\n  = -- perftool: ignore[COR001]\n  NULL AND b = 1") == [1]


def test_the_whole_file():
    assert codes(f"{BAD};\n{BAD};\n-- perftool: ignore-file[COR001] generated") == []
    assert codes(f"-- perftool: ignore-file[MIG001]\n{BAD};").count("COR001") == 1


def test_noqa_is_for_its_line_only():
    assert lines(f"{BAD}; -- noqa\n{BAD}; -- noqa: COR001\n{BAD}; -- noqa: L034\n-- noqa\n{BAD};") == [3, 5]
    assert lines("SELECT id FROM t WHERE a = NULL\n  AND b = 1; -- noqa: COR001") == [1]


def test_rules_are_named_by_code_beginning_or_name():
    for word in ("COR001", "cor001", "COR", "null-comparison", "ALL", "MIG001, COR001"):
        assert "COR001" not in codes(f"{BAD}; -- perftool: ignore[{word}]"), word
    assert "COR001" in codes(f"{BAD}; -- perftool: ignore[MIG001]")


def test_strings_and_data_are_no_comments():
    assert codes(f"{BAD} AND b = '-- perftool: ignore[COR001]'") == ["COR001"]
    assert codes("SELECT $$\n-- perftool: ignore-file[COR001]\n$$ FROM t WHERE a = NULL") == ["COR001"]
    assert codes(f"COPY t FROM stdin;\n-- perftool: ignore-file[COR001] it's\n\\.\n{BAD};") == ["COR001"]


def test_a_quote_never_closed_costs_its_statement_only():
    marks = read(b"SELECT 1; -- noqa: COR001\nSELECT 'open -- perftool: ignore-file[COR001]")
    assert [mark.form for mark in marks] == ["noqa"]


def test_delimiters_may_have_comments_too():
    assert [mark.form for mark in read(b"SELECT 1\nGO -- noqa\nSELECT 2", "tsql")] == ["noqa"]


def test_dialects_have_their_own_comments():
    assert codes(f"{BAD} # perftool: ignore[COR001]", "mysql") == []
    assert codes(f"{BAD} // noqa: COR001", "snowflake") == []


def test_unused_comments_are_reported_with_their_place():
    (found,) = left("SELECT 1;\n  SELECT é FROM t; -- perftool: ignore[COR001] was needed once")
    assert (found.code, found.name, found.severity) == ("PT010", "unused-suppression", "info")
    assert "COR001" in found.message
    span = found.span
    assert span is not None
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 23, 2, 47)
    assert codes("SELECT 1; -- noqa: COR001") == ["PT010"]


def test_a_bare_noqa_and_codes_of_other_linters_are_never_unused():
    assert codes("SELECT 1; -- noqa\nSELECT 2; -- noqa: L034, CV05") == []


def test_rules_that_did_not_run_are_never_unused():
    assert codes("SELECT 1; -- perftool: ignore[MIG001]") == []
    assert codes("SELECT 1; -- perftool: ignore[C]") == []
    assert codes("SELECT 1; -- perftool: ignore[ALL]") == []


def test_a_statement_that_was_not_analysed_makes_no_comment_unused():
    sql = "SELECT FROM FROM; -- perftool: ignore[COR001]\nSELECT 1; -- perftool: ignore[COR001]"
    bad = Placed(0, 16, 1, 1, StatementRecord(kind="SELECT", error="not parsed"))
    kept, _ = apply([], read(sql.encode(), "postgres"), [bad], "a.sql", RULES, KNOWN)
    assert [one.span.line for one in kept if one.span] == [2]


def test_a_statement_that_cannot_be_parsed_may_be_accepted_by_name_only():
    sql = b"SELECT FROM FROM; -- perftool: ignore[%s]"
    problem = msgspec.structs.replace(linted(BAD)[0], code="PT000")
    for word, silenced in ((b"PT000", 1), (b"not-parsed", 1), (b"ALL", 0), (b"COR", 0)):
        assert apply([problem], read(sql % word), (), "a.sql", RULES, KNOWN)[1] == silenced, word
    assert apply([problem], read(b"SELECT FROM FROM; -- noqa"), (), "a.sql", RULES, KNOWN)[1] == 0


def test_comments_that_cannot_mean_anything_are_reported():
    for comment in (
        "-- perftool: ignore",
        "-- perftool: ignore[]",
        "-- perftool: ignore[COR001",
        "-- perftool: ignroe[COR001]",
    ):
        found = left(f"{BAD}; {comment}")
        assert [one.code for one in found] == ["COR001", "PT011"], comment
        assert "perftool: ignore[" in (found[1].help or "")
    (_, unknown) = left(f"{BAD}; -- perftool: ignore[null-comparsion]")
    assert "null-comparison" in (unknown.help or "")


def test_a_known_rule_that_is_off_is_no_unknown_one():
    kept, _ = apply([], read(b"SELECT 1; -- perftool: ignore[MY001]"), (), "a.sql", {}, {"MY001": RULE})
    assert kept == []
    assert codes("SELECT 1; -- perftool: ignore[MY001]") == ["PT011"]


def test_equal_comments_have_keys_of_their_own():
    keys = [one.key for one in left("SELECT 1; -- noqa: COR001\nSELECT 1; -- noqa: COR001")]
    assert [key.rpartition(":")[2] for key in keys] == ["0", "1"]
    assert len({key.rpartition(":")[0] for key in keys}) == 1


def without_unused(sql: str, *, unsafe: bool = False) -> str:
    data = sql.encode()
    planned = plan("a.sql", data, [one for one in left(sql) if one.code == "PT010"], unsafe=unsafe)
    return planned.new.decode()


def test_unused_comments_can_be_taken_away():
    assert without_unused("SELECT 1; -- noqa: COR001\r\nSELECT 2;") == "SELECT 1;\r\nSELECT 2;"
    assert without_unused("SELECT 1;\n  -- perftool: ignore[COR001]\nSELECT 'é';\n") == "SELECT 1;\nSELECT 'é';\n"
    assert (
        without_unused("SELECT 1; -- perftool: ignore[COR001, MIG001] x") == "SELECT 1; -- perftool: ignore[MIG001] x"
    )


def test_a_reason_and_other_words_are_not_taken_away_unasked():
    with_reason = "SELECT 1; -- perftool: ignore[COR001] ticket 7"
    assert without_unused(with_reason) == with_reason
    assert without_unused(with_reason, unsafe=True) == "SELECT 1;"
    inside = "SELECT /* perftool: ignore[COR001] */ 1"
    assert without_unused(inside, unsafe=True) == inside
    prose = "SELECT 1; -- the first -- noqa: COR001"
    assert without_unused(prose, unsafe=True) == prose
    two = "SELECT 1; -- noqa: L034 -- perftool: ignore[COR001]"
    assert without_unused(two, unsafe=True) == two


def test_offsets_count_bytes_also_in_utf_16():
    sql = "SELECT 'é😀'; -- perftool: ignore[COR001]\n"
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        data = f"\ufeff{sql}".encode(encoding)
        (mark,) = read(data)
        assert data[mark.start : mark.end].decode(encoding) == "perftool: ignore[COR001]"
        assert [data[word.start : word.end].decode(encoding) for word in mark.words] == ["COR001"]
        assert data[slice(*mark.statement)].decode(encoding) == "SELECT 'é😀'"
        assert (mark.line, mark.column) == (1, 17)


def literals(data: bytes) -> list[tuple[int, int]]:
    """Return where SELECT stands within quotes."""
    found = re.finditer(rb"(?P<quote>\"\"\"|'''|\")(?P<sql>\s*SELECT.*?)(?P=quote)", data, re.DOTALL)
    return [match.span("sql") for match in found]


def test_literals_in_python_keep_the_positions_of_the_file():
    text = 'sql = """\nSELECT 1 -- noqa: COR001\n"""\nother_sql = "SELECT 2 -- perftool: ignore[COR001]"\n'
    data = text.encode()
    marks = read(data, "postgres", within=literals(data))
    assert [(mark.form, mark.line, mark.column) for mark in marks] == [("noqa", 2, 13), ("ignore", 4, 26)]
    assert [data[mark.start : mark.end] for mark in marks] == [b"noqa: COR001", b"perftool: ignore[COR001]"]
    assert data[slice(*marks[1].statement)] == b"SELECT 2"


PYTHON = """\
# perftool: ignore[COR001] the statement below
c.execute(
    "SELECT 'é' FROM a")
c.execute("SELECT FROM b")  # noqa: COR001
x = 1  # noqa
c.execute([
    # perftool: ignore[COR001]
    # the next line
    text("SELECT FROM c"), text("SELECT FROM d"),
])
c.execute('''
SELECT FROM e
''')  # perftool: ignore[COR001]
"""


def test_comments_of_python_silence_their_sql():
    data = PYTHON.encode()
    marks = read(data, within=literals(data))
    assert [(mark.line, mark.column) for mark in marks] == [(1, 3), (4, 31), (7, 7), (13, 9)]
    reached = [data[slice(*mark.statement)].decode() for mark in marks]
    assert "FROM a" in reached[0]
    assert "FROM b" not in reached[0]
    assert reached[1:] == ["SELECT FROM b", "SELECT FROM d", "\nSELECT FROM e\n"]
    assert b"FROM c" in data[slice(*marks[2].rows)]
    for mark in marks:
        assert data[mark.start : mark.end].decode() == mark.text


def test_python_that_is_none_does_no_harm():
    for data in (
        b"x = (  # noqa: COR001",
        b"# noqa: COR001\n x\n  y\n z",
        b"# noqa: COR001\n\xff",
        b"\0# noqa: COR001",
    ):
        assert len(read(data, within=[(0, 1)])) <= 1


def test_they_can_be_kept():
    marks = read(b"SELECT \xff; -- perftool: ignore[COR\xff] why\xff\nSELECT 1; -- noqa")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(marks), type=tuple[Suppression, ...]) == tuple(marks)


def test_every_built_in_code_can_be_named():
    known = catalog.rules()
    assert {RULE.code, "MIG001"} <= known.keys()
    assert not [code for code in known if code.startswith("PT")]


def statements(data: bytes, dialect: str) -> list[Statement]:
    neutral = neutralise(data, dialect).data
    return list(Source.of(neutral, name="a.sql").statements(dialect))


PIECES = st.sampled_from(
    ["SELECT a FROM t WHERE a = NULL", ";", "\n", "\r\n", " ", "-- noqa", "-- noqa: COR001",
     "/* perftool: ignore[COR001] */",
     "-- perftool: ignore[COR001] why", "-- perftool: ignore-file[MIG]", "-- perftool: ignore",
     "'", '"', "/*", "*/", "$$", "é", "😀", "\ufeff", "GO", "(", "{{ x }}", "\\copy t from stdin", "\0"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.sampled_from(["", "postgres", "mysql", "tsql", "bigquery"]))
def test_any_text_gives_places_within_it(sql, dialect):
    data = sql.encode()
    marks = read(data, dialect)
    # Whoever knows the statements gets the same for less.
    assert read(data, dialect, statements=statements(data, dialect)) == marks
    assert [mark.start for mark in marks] == sorted(mark.start for mark in marks)
    for mark in marks:
        assert data[mark.start : mark.end].decode() == mark.text
        for a, b in (mark.rows, mark.statement, mark.removal):
            assert 0 <= a <= b <= len(data)
            data[a:b].decode()
        if mark.form == "noqa":
            assert mark.rows[0] <= mark.start
    kept, silenced = apply([], marks, (), "a.sql", RULES, KNOWN)
    assert silenced == 0
    planned = plan("a.sql", data, kept, unsafe=True)
    assert not [one for one in planned.refused if "fit" in one.reason or "character" in one.reason]


def test_no_marks_no_work():
    findings = linted(BAD)
    kept, silenced = apply(findings, (), (), "a.sql", RULES, KNOWN)
    assert (kept, silenced) == (findings, 0)


def test_a_comment_behind_a_tag_is_not_alone_on_its_line_and_takes_nothing_with_it():
    sql = "SELECT a FROM t\n  {{ f() }} -- perftool: ignore[COR001]\nWHERE b = 1"
    [one] = read(sql.encode())
    assert sql[slice(*one.removal)] == " -- perftool: ignore[COR001]"
    assert sql[slice(*one.rows)] == "  {{ f() }} -- perftool: ignore[COR001]"
