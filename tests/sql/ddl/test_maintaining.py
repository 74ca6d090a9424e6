from __future__ import annotations

import pytest

from tests.sql.ddl.kit import lines, read


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("BEGIN", ["Transaction(step=begin)"]),
        ("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", ["Transaction(step=begin)"]),
        ("START TRANSACTION READ WRITE", ["Transaction(step=begin)"]),
        ("COMMIT WORK", ["Transaction(step=commit)"]),
        ("END", ["Transaction(step=commit)"]),
        ("ABORT", ["Transaction(step=rollback)"]),
        ("ROLLBACK TO SAVEPOINT s", []),
        ("ROLLBACK TO s", []),
        ("COMMIT PREPARED 'x'", []),
    ],
)
def test_transactions(sql: str, expected: list[str]):
    assert lines(sql) == expected


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("SET lock_timeout = '2s'", "postgres", "SetOption(name=lock_timeout, value=2s)"),
        ("SET LOCAL Lock_Timeout TO 500", "postgres", "SetOption(name=lock_timeout, value=500, local=True)"),
        ("SET SESSION statement_timeout = 0", "postgres", "SetOption(name=statement_timeout, value=0)"),
        ("SET TIME ZONE 'UTC'", "postgres", "SetOption(name=timezone, value=UTC)"),
        ("RESET lock_timeout", "postgres", "SetOption(name=lock_timeout)"),
        ("SET my.option = a", "postgres", "SetOption(name=my.option, value=a)"),
        ("SET FOREIGN_KEY_CHECKS=0", "mysql", "SetOption(name=foreign_key_checks, value=0)"),
        ("SET @@session.sql_mode = ''", "mysql", "SetOption(name=sql_mode)"),
        ("SELECT pg_catalog.set_config('lock_timeout', '2s', true)", "postgres",
         "SetOption(name=lock_timeout, value=2s, local=True)"),
    ],
)  # fmt: skip
def test_options(sql: str, dialect: str, expected: str):
    assert lines(sql, dialect) == [expected]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY s.m WITH DATA",
         "Maintain(work=refresh, kind=materialized view, names=[s.m], concurrently=True)"),
        ("REINDEX INDEX i", "Maintain(work=reindex, kind=index, names=[i])"),
        ("REINDEX (CONCURRENTLY, VERBOSE) TABLE t",
         "Maintain(work=reindex, kind=table, names=[t], concurrently=True)"),
        ("VACUUM (FULL, ANALYZE) t", "Maintain(work=vacuum, names=[t], full=True)"),
        ("VACUUM FULL VERBOSE t", "Maintain(work=vacuum, names=[t], full=True)"),
        ("VACUUM t (a)", "Maintain(work=vacuum, names=[t])"),
        ("CLUSTER t USING i", "Maintain(work=cluster, names=[t])"),
        ("LOCK TABLE a, b IN SHARE ROW EXCLUSIVE MODE NOWAIT",
         "Maintain(work=lock, kind=table, names=[a, b], mode=share row exclusive)"),
        ("LOCK a", "Maintain(work=lock, names=[a])"),
        ("ANALYZE", "Maintain(work=analyze)"),
    ],
)  # fmt: skip
def test_maintenance(sql: str, expected: str):
    assert lines(sql) == [expected]


def test_where_concurrently_would_go():
    sql = "REFRESH MATERIALIZED  VIEW m"
    (action,) = read(sql)
    assert sql[: action.keyword_end] == "REFRESH MATERIALIZED  VIEW"


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("DO $$ BEGIN DROP TABLE t; END $$", "postgres", "Call(verb=do)"),
        ("CALL p(1)", "postgres", "Call(verb=call)"),
        ("EXEC dbo.p @a = 1", "tsql", "Call(verb=exec)"),
        ("EXECUTE p", "postgres", "Call(verb=exec)"),
        ("EXEC sp_rename 'dbo.t.a', 'B', 'COLUMN'", "tsql", "Rename(kind=column, table=dbo.t, old=a, new=b)"),
        ("EXEC sys.sp_rename N'[t]', N'u'", "tsql", "Rename(kind=table, table=t, old=t, new=u)"),
        ("EXEC sp_rename 't.i', 'j', 'INDEX'", "tsql", "Rename(kind=index, table=t, old=i, new=j)"),
        ("EXEC sp_rename 'FK_a', 'FK_b'", "tsql", "Rename(kind=constraint, table=fk_a, old=fk_a, new=fk_b)"),
        ("EXEC sp_rename @a, @b", "tsql", "Call(verb=exec)"),
    ],
)
def test_code_that_is_not_looked_into(sql: str, dialect: str, expected: str):
    assert lines(sql, dialect) == [expected]
