"""Type, tables, columns and errors of single statements."""

from __future__ import annotations

import pytest

from perftool.sql.kinds import kind_of
from perftool.sql.pool import ParserPool
from perftool.sql.source import Source
from perftool.sql.statements import analyse, analyse_statement
from perftool.sql.tokens import lex

POOL = ParserPool()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("select 1", "SELECT"),
        ("((select 1))", "SELECT"),
        ("with a as (insert into t select 1 returning *) select * from a", "SELECT"),
        ("with a as (select 1) insert into t select * from a", "INSERT"),
        ("with recursive a as (select 1) update t set b = 1", "UPDATE"),
        ("with broken", "SELECT"),
        ("table t", "SELECT"),
        ("create or replace temporary view v as select 1", "CREATE VIEW"),
        ("create unique index concurrently i on t (a)", "CREATE INDEX"),
        ("alter proc p as select 1", "ALTER PROCEDURE"),
        ("drop table t", "DROP TABLE"),
        ("create something strange", "CREATE"),
        ("vacuum full t", "VACUUM"),
        ("merge into t using s on a = b when matched then delete", "MERGE"),
        ("'a'", "UNKNOWN"),
        ("", "UNKNOWN"),
        ("((", "UNKNOWN"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert kind_of(lex(text)) == kind


@pytest.mark.parametrize(
    ("text", "tables", "columns"),
    [
        ("select a, b from t", "t", "t.a t.b"),
        ("select x.a, y.b, c from s.t as x join u y on x.id = y.id", "s.t u", "c s.t.a s.t.id u.b u.id"),
        ("with q as (select a from t) select a from q", "t", "a t.a"),
        ("with t as (select a from t) select a from t", "t", "a t.a"),
        ("with recursive r as (select 1 as n union all select n + 1 from r) select n from r", "", "n"),
        ("with a as (select 1), b as (select * from a) select * from b, a, c", "c", ""),
        ("select * from (with i as (select 1) select * from i) s, i", "i", ""),
        ("insert into t (a, b) select c, d from u", "t u", "t.a t.b u.c u.d"),
        ("update t set a = b where id = 1", "t", "t.a t.b t.id"),
        ("delete from t where id in (select t_id from u where u.x = t.y)", "t u", "t.id t.y u.t_id u.x"),
        ("select (select max(b) from c where c.k = x.k) from d x", "c d", "c.b c.k d.k"),
        ("select a from t, lateral (select t.b) l", "t", "a t.b"),
        ("select q.a from (select a from t) q", "t", "q.a t.a"),
        ("create view v as select a from t", "t v", "t.a"),
        ('select "T"."A" from "T"', "T", "T.A"),
        ("select db.t.a from db.t", "db.t", "db.t.a"),
        ("select 1", "", ""),
    ],
)
def test_tables_and_columns(text: str, tables: str, columns: str) -> None:
    found = analyse(text, "postgres", POOL)
    assert found.error is None
    assert " ".join(found.tables) == tables
    assert " ".join(found.columns) == columns


@pytest.mark.parametrize(
    ("text", "fault", "error"),
    [
        ("select ((", "", "Paren"),
        ("select 'a", "string", "never closed"),
        ("select '\0'", "", "NUL"),
        ("select " + "(" * 5000, "", "nest"),
        ("select " + "not " * 5_000 + "1", "", "nest"),
        ("select * from " + "(select * from " * 5000 + "t" + ")" * 5000, "", "nest"),
        ("select cast(1 as " + "array<" * 10_000 + "int" + ">" * 10_000 + ")", "", "nest"),
        ("select a" + "[1]" * 20_000, "", "subscripts"),
        ("select * from t" + " join u" * 20_000, "", "JOIN"),
        ("-- nothing", "", "no statement"),
        ("select '\udc80' from", "", ""),
    ],
    ids=range(11),
)
def test_a_bad_statement_is_data(text: str, fault: str, error: str) -> None:
    found = analyse(text, "postgres", POOL, fault=fault)
    assert error in (found.error or "")
    assert found.digest
    assert found.tokens is not None


def test_one_bad_statement_costs_itself_only() -> None:
    text = Source.of(b"select a from t; select ((; select b from u; select '" + b"x" * 99 + b"'", name="a.sql")
    found = [analyse_statement(s, "", POOL, max_statement=50) for s in text.statements(max_statement=50)]
    assert [f.tables for f in found] == [("t",), (), ("u",), ()]
    assert [bool(f.error) for f in found] == [False, True, False, True]
    assert "over the limit of 50" in (found[3].error or "")
    assert found[3].digest is None
    POOL.check_leaks()
