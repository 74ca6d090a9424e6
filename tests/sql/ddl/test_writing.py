from __future__ import annotations

import pytest

from tests.sql.ddl.kit import lines, read_tree, shown


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("INSERT INTO t VALUES (1), (2)", "postgres", "Write(verb=insert, table=t, rows=2)"),
        ("INSERT INTO s.t (a) SELECT a FROM u", "postgres", "Write(verb=insert, table=s.t, columns=True)"),
        ('WITH c AS (SELECT 1 AS a) INSERT INTO "T" SELECT a FROM c', "postgres", "Write(verb=insert, table=T)"),
        ("UPDATE t SET a = 1", "postgres", "Write(verb=update, table=t)"),
        ("UPDATE t SET a = 1 WHERE b = 2", "mysql", "Write(verb=update, table=t, where=True)"),
        ("DELETE FROM T", "postgres", "Write(verb=delete, table=t)"),
        ("DELETE FROM t LIMIT 10", "mysql", "Write(verb=delete, table=t, where=True)"),
        ("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "postgres",
         "Write(verb=merge, table=t, where=True)"),
        ("SELECT a INTO TEMP x FROM t", "postgres", "CreateTable(table=x, temporary=True, from_query=True)"),
        ("SELECT a INTO #x FROM t", "tsql", "CreateTable(table=#x, temporary=True, from_query=True)"),
    ],
)  # fmt: skip
def test_what_is_written(sql: str, dialect: str, expected: str):
    assert [shown(one) for one in read_tree(sql, dialect)] == [expected]


def test_queries_write_nothing():
    assert read_tree("SELECT a FROM t") == ()
    assert read_tree("(SELECT a FROM t) UNION SELECT b FROM u") == ()
    assert lines("UPDATE t SET a = 1") == []


def test_copy():
    assert lines("COPY s.t (a, b) FROM STDIN") == ["Write(verb=copy, table=s.t, columns=True)"]
    assert lines("COPY t FROM '/x'") == ["Write(verb=copy, table=t)"]
    assert lines("COPY t TO STDOUT") == []
    assert lines("COPY (SELECT 1) TO STDOUT") == []


def test_load_data():
    loaded = ["Write(verb=copy, table=s.t)"]
    assert lines("LOAD DATA INFILE '/x' REPLACE INTO TABLE s.t (a, b)", "mysql") == loaded
    assert lines("load data local infile 'into' into table s.t fields terminated by ','", "mysql") == loaded
    assert lines("LOAD INDEX INTO CACHE t", "mysql") == []
    assert lines("LOAD DATA INFILE '/x'", "mysql") == []
