"""What a statement does to the schema or the session: one vocabulary for every dialect, read from tokens.

sqlglot gives much of this back as an opaque command (VALIDATE CONSTRAINT, REINDEX, LOCK TABLE …), so
``perftool.sql.ddl`` reads it from perftool's own tokens. Offsets are half-open and count characters from the
statement's start. ``Name`` holds a name as the engine compares it: unquoted parts in lower case. Nothing here can hold
itself, so that the garbage collector need not look.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Name(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A possibly qualified name; ``schema`` holds everything before the last dot, "" if nothing."""

    name: str
    schema: str = ""

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class Action(msgspec.Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """One thing that a statement does; ``start`` to ``end`` is its text, within the whole statement or one clause."""

    start: int
    end: int


class Reference(msgspec.Struct, frozen=True, gc=False):
    """What a foreign key points to; no ``columns`` means the primary key."""

    table: Name
    columns: tuple[str, ...] = ()


class Column(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A column of CREATE TABLE or ADD COLUMN.

    ``type`` is its type in lower case with single spaces ("varchar(20)", "timestamp with time zone"), "" if not
    given. ``default`` is the text of its default, None without one. ``generated`` is stored or virtual where its
    value is computed, identity where the engine counts (serial, AUTO_INCREMENT, IDENTITY, GENERATED … AS IDENTITY).
    """

    name: str
    type: str = ""
    not_null: bool = False
    default: str | None = None
    generated: Literal["", "stored", "virtual", "identity"] = ""
    primary_key: bool = False
    unique: bool = False
    check: bool = False
    references: Reference | None = None
    start: int
    end: int


class Constraint(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A constraint of a table. ``check`` is the text within the brackets of CHECK; ``index`` that of USING INDEX."""

    kind: Literal["primary key", "foreign key", "unique", "check", "exclude", "not null"]
    name: str = ""
    columns: tuple[str, ...] = ()
    references: Reference | None = None
    not_valid: bool = False
    index: str = ""
    check: str = ""
    start: int
    end: int


class IndexColumn(msgspec.Struct, frozen=True, gc=False):
    """A column of an index, or with an empty name an expression, whose text is then given without blanks."""

    name: str
    expression: str = ""
    opclass: str = ""
    length: int = 0


class Index(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An index as CREATE INDEX or CREATE TABLE give it; ``where`` is the text of its predicate."""

    name: str = ""
    columns: tuple[IndexColumn, ...] = ()
    include: tuple[str, ...] = ()
    unique: bool = False
    method: str = ""
    where: str = ""


class CreateTable(Action, frozen=True):
    """CREATE TABLE; ``from_query`` for CREATE TABLE AS and SELECT … INTO, ``like`` for LIKE, CLONE and COPY.

    ``partition_of`` is the table that it is a partition or an inheriting child of. ``partition_by`` and
    ``cluster_by`` are the columns that its rows are arranged by in storage. ``indexes`` are those named inside.
    """

    table: Name
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    temporary: bool = False
    unlogged: bool = False
    external: bool = False
    if_not_exists: bool = False
    from_query: bool = False
    like: Name | None = None
    partition_of: Name | None = None
    partition_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()


class CreateIndex(Action, frozen=True):
    """CREATE INDEX; ``keyword_end`` is where CONCURRENTLY would go, behind the word INDEX.

    ``options`` are words of MySQL and T-SQL behind it in lower case ("algorithm=inplace", "lock=none", "online=on").
    """

    table: Name
    index: Index
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    keyword_end: int = 0
    options: tuple[str, ...] = ()


class CreateOther(Action, frozen=True):
    """CREATE of anything else: ``kind`` in lower case ("view", "materialized view", "function", "extension")."""

    kind: str
    name: Name | None = None


class Drop(Action, frozen=True):
    """DROP of anything: ``kind`` in lower case ("table", "index", "schema", "materialized view", "database").

    ``keyword_end`` is where CONCURRENTLY would go; ``table`` is that of MySQL's DROP INDEX … ON.
    """

    kind: str
    names: tuple[Name, ...] = ()
    table: Name | None = None
    concurrently: bool = False
    if_exists: bool = False
    cascade: bool = False
    keyword_end: int = 0


class Truncate(Action, frozen=True):
    """TRUNCATE."""

    tables: tuple[Name, ...]
    cascade: bool = False


class AddColumn(Action, frozen=True):
    """ALTER TABLE … ADD COLUMN."""

    table: Name
    column: Column
    options: tuple[str, ...] = ()


class DropColumn(Action, frozen=True):
    """ALTER TABLE … DROP COLUMN."""

    table: Name
    column: str
    cascade: bool = False


class AddConstraint(Action, frozen=True):
    """ALTER TABLE … ADD a constraint."""

    table: Name
    constraint: Constraint
    options: tuple[str, ...] = ()


class DropConstraint(Action, frozen=True):
    """ALTER TABLE … DROP CONSTRAINT, DROP PRIMARY KEY (``name`` ""), DROP FOREIGN KEY."""

    table: Name
    name: str = ""
    kind: Literal["constraint", "primary key", "foreign key"] = "constraint"
    options: tuple[str, ...] = ()


class ValidateConstraint(Action, frozen=True):
    """ALTER TABLE … VALIDATE CONSTRAINT."""

    table: Name
    name: str


class AlterColumn(Action, frozen=True):
    """A change of one column. ``change`` says which; ``column`` holds what is known of it afterwards.

    set type (also MySQL's MODIFY and CHANGE), set not null, drop not null, set default, drop default, other.
    ``using`` is the text behind USING; ``new_name`` that of CHANGE.
    """

    table: Name
    column: Column
    change: Literal["set type", "set not null", "drop not null", "set default", "drop default", "other"]
    using: str = ""
    new_name: str = ""
    options: tuple[str, ...] = ()


class Rename(Action, frozen=True):
    """A new name: ``kind`` is table, column, view, index, constraint, schema, type …; ``table`` its owner."""

    kind: str
    table: Name | None = None
    old: str = ""
    new: str = ""


class AlterTable(Action, frozen=True):
    """Any other clause of ALTER TABLE: ``clause`` are its first words in lower case.

    "attach partition", "detach partition", "convert to character set", "add fulltext", "enable trigger", "owner to",
    "set schema", "set (…)", "engine", "order by", "force", "add index". ``concurrently`` for DETACH. ``target`` is
    the partition attached or detached. ``index`` is the one added.
    """

    table: Name
    clause: str
    concurrently: bool = False
    target: Name | None = None
    index: Index | None = None
    options: tuple[str, ...] = ()


class AlterOther(Action, frozen=True):
    """ALTER of anything but a table: ``kind`` as with Drop ("type", "sequence"), ``clause`` its first words."""

    kind: str
    name: Name | None = None
    clause: str = ""


class Transaction(Action, frozen=True):
    """BEGIN and START TRANSACTION, COMMIT and END, ROLLBACK; not savepoints."""

    step: Literal["begin", "commit", "rollback"]


class SetOption(Action, frozen=True):
    """SET name = value, also set_config(…): name in lower case, ``value`` without quotes, "" for RESET."""

    name: str
    value: str = ""
    local: bool = False


class Maintain(Action, frozen=True):
    """Work on what is stored: refresh, reindex, vacuum, cluster, analyze, optimize, lock.

    ``full`` for VACUUM FULL; ``mode`` is the lock's mode in lower case; ``keyword_end`` where CONCURRENTLY would go;
    ``kind`` the object's ("table", "index", "materialized view", "schema", "database").
    """

    work: Literal["refresh", "reindex", "vacuum", "cluster", "analyze", "optimize", "lock"]
    kind: str = ""
    names: tuple[Name, ...] = ()
    concurrently: bool = False
    full: bool = False
    mode: str = ""
    keyword_end: int = 0


class Write(Action, frozen=True):
    """INSERT, UPDATE, DELETE, MERGE, COPY FROM: ``where`` says whether its rows are limited.

    ``rows`` counts the rows of INSERT … VALUES, 0 for a query. ``columns`` says whether INSERT names them.
    """

    verb: Literal["insert", "update", "delete", "merge", "replace", "copy"]
    table: Name
    where: bool = False
    rows: int = 0
    columns: bool = False


class Call(Action, frozen=True):
    """A body of other statements that is not looked into: DO, CREATE FUNCTION's body, CALL, EXEC, EXECUTE."""

    verb: str


AnyAction = (
    CreateTable | CreateIndex | CreateOther | Drop | Truncate | AddColumn | DropColumn | AddConstraint
    | DropConstraint | ValidateConstraint | AlterColumn | Rename | AlterTable | AlterOther | Transaction | SetOption
    | Maintain | Write | Call
)  # fmt: skip
