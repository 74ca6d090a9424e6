# ruff: noqa: E501  cases read best in one line each
from __future__ import annotations

import pytest

from tests.sql.ddl.kit import lines, read, texts

T = "table=t"


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("ADD a int", "AddColumn(table=t, column=Column(name=a, type=int))"),
        ("ADD COLUMN IF NOT EXISTS a int", "AddColumn(table=t, column=Column(name=a, type=int))"),
        ("DROP a", "DropColumn(table=t, column=a)"),
        ('DROP COLUMN IF EXISTS "A" CASCADE', "DropColumn(table=t, column=A, cascade=True)"),
        ("DROP CONSTRAINT IF EXISTS c", "DropConstraint(table=t, name=c)"),
        ("VALIDATE CONSTRAINT c", "ValidateConstraint(table=t, name=c)"),
        ("ALTER COLUMN a TYPE varchar(20) COLLATE x USING a::text",
         "AlterColumn(table=t, column=Column(name=a, type=varchar(20)), change=set type, using=a::text)"),
        ("ALTER a SET DATA TYPE timestamp(3) with time zone",
         "AlterColumn(table=t, column=Column(name=a, type=timestamp(3) with time zone), change=set type)"),
        ("ALTER a SET NOT NULL", "AlterColumn(table=t, column=Column(name=a), change=set not null)"),
        ("ALTER a DROP NOT NULL", "AlterColumn(table=t, column=Column(name=a), change=drop not null)"),
        ("ALTER a SET DEFAULT now()", "AlterColumn(table=t, column=Column(name=a, default=now()), change=set default)"),
        ("ALTER a DROP DEFAULT", "AlterColumn(table=t, column=Column(name=a), change=drop default)"),
        ("ALTER a SET STATISTICS 100", "AlterColumn(table=t, column=Column(name=a), change=other)"),
        ("RENAME TO u", "Rename(kind=table, table=t, old=t, new=u)"),
        ("RENAME a TO b", "Rename(kind=column, table=t, old=a, new=b)"),
        ("RENAME CONSTRAINT a TO b", "Rename(kind=constraint, table=t, old=a, new=b)"),
        ("ATTACH PARTITION p FOR VALUES IN (1)", "AlterTable(table=t, clause=attach partition, target=p)"),
        ("DETACH PARTITION p", "AlterTable(table=t, clause=detach partition, target=p)"),
        ("DETACH PARTITION p CONCURRENTLY",
         "AlterTable(table=t, clause=detach partition, concurrently=True, target=p)"),
        ("DETACH PARTITION p FINALIZE", "AlterTable(table=t, clause=detach partition finalize, target=p)"),
        ("OWNER TO me", "AlterTable(table=t, clause=owner to me)"),
        ("ENABLE ROW LEVEL SECURITY", "AlterTable(table=t, clause=enable row level security)"),
        ("SET (fillfactor = 70)", "AlterTable(table=t, clause=set)"),
    ],
)  # fmt: skip
def test_clauses_of_postgres(clause: str, expected: str):
    assert lines(f"ALTER TABLE IF EXISTS ONLY t {clause}") == [expected]


@pytest.mark.parametrize(
    ("clause", "dialect", "expected"),
    [
        ("MODIFY COLUMN a BIGINT NOT NULL", "mysql",
         ["AlterColumn(table=t, column=Column(name=a, type=bigint, not_null=True), change=set type)"]),
        ("CHANGE a b INT", "mysql",
         ["AlterColumn(table=t, column=Column(name=a, type=int), change=set type, new_name=b)"]),
        ("ADD COLUMN (a INT, b INT)", "mysql",
         ["AddColumn(table=t, column=Column(name=a, type=int))", "AddColumn(table=t, column=Column(name=b, type=int))"]),
        ("ADD a INT, ENGINE=InnoDB, ORDER BY a", "mysql",
         ["AddColumn(table=t, column=Column(name=a, type=int))", "AlterTable(table=t, clause=engine)",
          "AlterTable(table=t, clause=order by a)"]),
        ("ADD a INT, ALGORITHM=INPLACE, LOCK=NONE", "mysql",
         ["AddColumn(table=t, column=Column(name=a, type=int), options=[algorithm=inplace, lock=none])"]),
        ("DROP PRIMARY KEY, DROP FOREIGN KEY f, DROP INDEX i", "mysql",
         ["DropConstraint(table=t, kind=primary key)", "DropConstraint(table=t, name=f, kind=foreign key)",
          "Drop(kind=index, names=[i], table=t)"]),
        ("ADD FULLTEXT INDEX f (a)", "mysql",
         ["AlterTable(table=t, clause=add fulltext index, "
          "index=Index(name=f, columns=[IndexColumn(name=a)], method=fulltext))"]),
        ("CONVERT TO CHARACTER SET utf8mb4", "mysql", ["AlterTable(table=t, clause=convert to character set)"]),
        ("ADD a int, b int NOT NULL, CONSTRAINT k UNIQUE (a)", "tsql",
         ["AddColumn(table=t, column=Column(name=a, type=int))",
          "AddColumn(table=t, column=Column(name=b, type=int, not_null=True))",
          "AddConstraint(table=t, constraint=Constraint(kind=unique, name=k, columns=[a]))"]),
        ("DROP COLUMN a, b", "tsql", ["DropColumn(table=t, column=a)", "DropColumn(table=t, column=b)"]),
        ("DROP CONSTRAINT a, b, COLUMN c", "tsql",
         ["DropConstraint(table=t, name=a)", "DropConstraint(table=t, name=b)", "DropColumn(table=t, column=c)"]),
        ("DROP c", "tsql", ["DropConstraint(table=t, name=c)"]),
        ("WITH CHECK ADD CHECK (a > 0)", "tsql",
         ["AddConstraint(table=t, constraint=Constraint(kind=check, check=a > 0))"]),
        ("ALTER COLUMN a bigint NOT NULL", "tsql",
         ["AlterColumn(table=t, column=Column(name=a, type=bigint, not_null=True), change=set type)"]),
        ("DROP COLUMN (a, b)", "oracle", ["DropColumn(table=t, column=a)", "DropColumn(table=t, column=b)"]),
        ("ADD COLUMN a INT, b INT", "snowflake",
         ["AddColumn(table=t, column=Column(name=a, type=int))", "AddColumn(table=t, column=Column(name=b, type=int))"]),
        ("ADD COLUMNS (a INT, b STRING)", "spark",
         ["AddColumn(table=t, column=Column(name=a, type=int))",
          "AddColumn(table=t, column=Column(name=b, type=string))"]),
        ("ADD COLUMN a int, OWNER TO me", "", ["AddColumn(table=t, column=Column(name=a, type=int))",
                                               "AlterTable(table=t, clause=owner to me)"]),
        ("ADD COLUMN a int, ENABLE ROW LEVEL SECURITY", "postgres",
         ["AddColumn(table=t, column=Column(name=a, type=int))",
          "AlterTable(table=t, clause=enable row level security)"]),
    ],
)  # fmt: skip
def test_clauses_of_others(clause: str, dialect: str, expected: list[str]):
    assert lines(f"ALTER TABLE t {clause}", dialect) == expected


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("ALTER VIEW s.v RENAME TO w", "postgres", "Rename(kind=view, table=s.v, old=v, new=w)"),
        ("ALTER MATERIALIZED VIEW m RENAME COLUMN a TO b", "postgres", "Rename(kind=column, table=m, old=a, new=b)"),
        ("ALTER TYPE e ADD VALUE 'x'", "postgres", "AlterOther(kind=type, name=e, clause=add value)"),
        ("ALTER TYPE e RENAME VALUE 'x' TO 'y'", "postgres", "AlterOther(kind=type, name=e, clause=rename value)"),
        ("ALTER SEQUENCE s OWNED BY t.a", "postgres", "AlterOther(kind=sequence, name=s, clause=owned by t .)"),
        ("DROP TABLE IF EXISTS a, s.b CASCADE", "postgres",
         "Drop(kind=table, names=[a, s.b], if_exists=True, cascade=True)"),
        ("DROP INDEX CONCURRENTLY i", "postgres", "Drop(kind=index, names=[i], concurrently=True)"),
        ("DROP INDEX i ON t", "mysql", "Drop(kind=index, names=[i], table=t)"),
        ("DROP MATERIALIZED VIEW m", "postgres", "Drop(kind=materialized view, names=[m])"),
        ("DROP TEMPORARY TABLE t", "mysql", "Drop(kind=temporary table, names=[t])"),
        ("DROP FOREIGN TABLE t", "postgres", "Drop(kind=foreign table, names=[t])"),
        ("DROP FUNCTION f(int)", "postgres", "Drop(kind=function, names=[f])"),
        ("TRUNCATE a, ONLY b RESTART IDENTITY CASCADE", "postgres", "Truncate(tables=[a, b], cascade=True)"),
        ("TRUNCATE TABLE a", "mysql", "Truncate(tables=[a])"),
    ],
)  # fmt: skip
def test_other_statements(sql: str, dialect: str, expected: str):
    assert lines(sql, dialect) == [expected]


def test_tables_that_change_their_names():
    assert lines("RENAME TABLE a TO b, s.c TO s.d", "mysql") == [
        "Rename(kind=table, table=a, old=a, new=b)",
        "Rename(kind=table, table=s.c, old=c, new=d)",
    ]


def test_where_clauses_stand():
    sql = "ALTER TABLE t -- ü\n ADD COLUMN ä int /* x */ , DROP COLUMN b ,ALTER c TYPE text -- end"
    assert texts(sql) == ["ADD COLUMN ä int", "DROP COLUMN b", "ALTER c TYPE text"]


def test_where_concurrently_would_go():
    sql = "DROP INDEX IF EXISTS i"
    (action,) = read(sql)
    assert sql[: action.keyword_end] == "DROP INDEX"


def test_a_clause_of_which_nothing_is_understood_has_a_place_all_the_same():
    for found in read("ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u, LIKE VALIDATE CONSTRAINT x"):
        assert 0 < found.start <= found.end, found
