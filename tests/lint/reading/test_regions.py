from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.reading.regions import Region, regions


def found(source: str, path: str = "app.py") -> list[str]:
    """Return the SQL of each region that was not left out."""
    data = source.encode()
    return [one.text(data).decode() for one in regions(data, path) if not one.reason]


def reasons(source: str | bytes) -> list[str]:
    data = source if isinstance(source, bytes) else source.encode()
    return [one.reason for one in regions(data, "app.py") if one.reason]


def test_a_sql_file_is_one_region() -> None:
    assert regions(b"select 1", "db/a.sql") == (Region(0, 8),)


@pytest.mark.parametrize(
    ("source", "sql"),
    [
        ("cursor.execute('select a from t where b = %s', (1,))", ["select a from t where b = %s"]),
        ('db.executemany("""\n  insert into t values (?)\n""", rows)', ["\n  insert into t values (?)\n"]),
        ("text(r'select a from t where b ~ 1')", ["select a from t where b ~ 1"]),
        ("s.execute(sa.text('delete from t where a = 1'))", ["delete from t where a = 1"]),
        ("pd.read_sql_query('with a as (select 1) select * from a', c)", ["with a as (select 1) select * from a"]),
        ("self.user_sql: str = 'update t set a = 1'", ["update t set a = 1"]),
        ("INSERT_QUERY = 'insert into t values (1)'", ["insert into t values (1)"]),
        ("Operator(sql='create table t (a int)', task_id='select')", ["create table t (a int)"]),
        ("execute(dedent('''select 1'''))", ["select 1"]),
        ("execute('''\n select a from t '''.strip())", ["\n select a from t "]),
        ("execute('select a from t where b = %d' % b)", ["select a from t where b = %d"]),
        ("sql = 'select a from t' if x else 'select b from t'", ["select a from t", "select b from t"]),
        ("é = 1; execute('select é from t')", ["select é from t"]),
        ("# -*- coding: utf-8 -*-\nexecute('-- why\\u0020')\nsql = '''-- why\nselect 1'''", ["-- why\nselect 1"]),
    ],
)
def test_literals_of_calls_and_names(source: str, sql: list[str]) -> None:
    assert found(source) == sql


@pytest.mark.parametrize(
    "source",
    [
        "executor.execute('task')",
        "text('Select a file')",
        "text('With best wishes')",
        "sql = 'not at all'",
        "query = 'q=select'",
        "x = 'select 1'",
        "print('select 1')",
        "execute(b'select 1')",
        "execute(name)",
        "update('update t set a = 1')",
        "text('Update the page')",
    ],
)
def test_what_is_no_sql_is_not_taken(source: str) -> None:
    assert regions(source.encode(), "app.py") == ()


def test_fields_become_names_of_the_same_length() -> None:
    source = "execute(f\"select {', '.join(c)} from {table!r} where a = '{x:>{w}}'\")"
    assert found(source) == ["select ______join_c__ from _table_r_ where a = '_x___w__'"]
    [region] = regions(source.encode(), "app.py")
    fields = [source.encode()[start:end].decode() for start, end in region.replaced]
    assert fields == ["{', '.join(c)}", "{table!r}", "{x:>{w}}"]
    assert found("sql = 'select {} from {t}'.format(a, t=b)") == ["select __ from _t_"]
    assert found("sql = f'''select é, {é}\n from t'''") == ["select é, _é_\n from t"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("execute('select a ' 'from t')", "put together"),
        ("execute('select a from t' + where)", "put together"),
        ("execute('select a\\n from t')", "escapes"),
        ("execute(f'select {{a}} from {t}')", "escapes"),
        ("execute(f'select {a}\\t from {t}')", "escapes"),
        ("execute('select {{}} from {}'.format(t))", "escapes"),
        ("execute(", "Python"),
        ("# coding: latin-1\nexecute('select 1')", "latin-1"),
    ],
)
def test_what_would_stand_elsewhere_is_left_out_with_its_reason(source: str, reason: str) -> None:
    assert found(source) == []
    [said] = reasons(source)
    assert reason in said


def test_damaged_python_is_one_reason() -> None:
    assert len(reasons(b"execute('select 1')\0")) == 1
    assert len(reasons(b"\xff\xfe\xfd = 1")) == 1
    assert len(reasons("(" * 5000)) == 1


def test_places_hold_with_marks_and_line_ends() -> None:
    for source in (
        b"\xef\xbb\xbfsql = 'select 1'",
        b"a = 1\r\nsql = 'select 1'",
        b"a = 1\rsql = 'select 1'",
        b"a\f = 1\nsql = 'select 1'",
    ):
        [region] = regions(source, "x.py")
        assert source[region.start : region.end] == b"select 1"
    crlf = b"sql = '''select\r\n1'''"
    [region] = regions(crlf, "x.py")
    assert region.text(crlf) == b"select\r\n1"


@given(st.text(alphabet="ab {}'\"\\\n\r\u00e9𝒳(),fr=+%1", max_size=60))
def test_any_source_is_read_and_a_region_lies_in_it(text: str) -> None:
    data = ("sql = " + text).encode()
    last = 0
    for region in regions(data, "x.py"):
        assert last <= region.start <= region.end <= len(data)
        assert len(region.text(data)) == region.end - region.start
        last = region.end
