"""Read CREATE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.sql.actions import (
    Action,
    AnyAction,
    Call,
    Column,
    Constraint,
    CreateIndex,
    CreateOther,
    CreateTable,
    Index,
    Name,
)
from perftool.sql.ddl import columns

if TYPE_CHECKING:
    from perftool.sql.ddl.cursor import Cursor

_BEFORE_KIND: Final = frozenset(
    {"or", "replace", "alter", "global", "local", "temp", "temporary", "unlogged", "external", "foreign", "transient",
     "volatile", "multiset", "unique", "bitmap", "clustered", "nonclustered", "columnstore", "fulltext", "spatial",
     "secure", "recursive", "force", "editionable", "noneditionable", "public", "constraint", "hybrid", "dynamic",
     "iceberg", "row", "column", "reference", "snapshot", "live", "streaming", "private", "immutable", "blockchain",
     "aggregate", "trusted", "procedural", "hadoop"}
)  # fmt: skip
_TEMPORARY: Final = frozenset({"temp", "temporary", "volatile", "private"})
_BODIED: Final = frozenset({"function", "procedure", "proc", "trigger", "package", "event", "macro"})
_CLAUSES: Final = frozenset(
    {"like", "clone", "copy", "inherits", "partition", "partitioned", "with", "cluster", "clustered", "order",
     "sortkey", "distkey", "as", "select"}
)  # fmt: skip
_DEEPEST: Final = 8


def create(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read a CREATE statement."""
    start = cursor.start
    cursor.take("create")
    before: set[str] = set()
    while cursor.word in _BEFORE_KIND and not cursor.done:
        before.add(cursor.word)
        cursor.index += 1
        if cursor.word == "=":
            # MySQL: CREATE DEFINER = …, ALGORITHM = … VIEW
            cursor.index += 2
    if cursor.take("table"):
        return (_table(cursor, start, before),)
    if cursor.take("index"):
        found = _index(cursor, start, before)
        return (found,) if found else ()
    kind = cursor.word
    if cursor.take("materialized"):
        kind = "materialized view"
        cursor.take("view")
    else:
        cursor.skip()
    if kind == "text" and cursor.take("search"):
        kind = "text search " + cursor.word
        cursor.skip()
    cursor.take("if", "not", "exists")
    made: Action = CreateOther(kind=kind, name=cursor.name(), start=start, end=cursor.before)
    if kind in _BODIED:
        return (made, Call(verb=f"create {kind}", start=start, end=len(cursor.text)))  # type: ignore[return-value]
    return (made,)  # type: ignore[return-value]


def _table(cursor: Cursor, start: int, before: set[str]) -> CreateTable:
    exists = cursor.take("if", "not", "exists")
    name = cursor.name() or Name("")
    end = cursor.before
    told: dict[str, Any] = {}
    if cursor.take("on", "cluster"):
        cursor.skip()
    if cursor.take("partition", "of"):
        told["partition_of"] = cursor.name()
    if cursor.word == "(":
        _inside(cursor, told)
    while not cursor.done and not told.get("from_query"):
        _behind(cursor, told)
    return CreateTable(
        start=start,
        end=end,
        table=name,
        temporary=bool(before & _TEMPORARY) or name.name.startswith("#"),
        unlogged="unlogged" in before,
        external=bool(before & {"external", "foreign"}),
        if_not_exists=exists,
        **told,
    )


def _inside(cursor: Cursor, told: dict[str, Any]) -> None:
    """Pass the brackets behind the table's name."""
    own: list[Column] = []
    constraints: list[Constraint] = []
    indexes: list[Index] = []
    for item in cursor.items():
        if item.take("like"):
            told["like"] = item.name()
        elif item.word in ("select", "with"):
            told["from_query"] = True
        elif columns.is_constraint(item):
            found = columns.constraint(item)
            if isinstance(found, Constraint):
                constraints.append(found)
            elif found is not None:
                indexes.append(found)
        else:
            column = columns.column(item)
            if column is not None:
                own.append(column)
    told |= {"columns": tuple(own), "constraints": tuple(constraints), "indexes": tuple(indexes)}


def _behind(cursor: Cursor, told: dict[str, Any]) -> None:
    """Pass one clause behind the brackets."""
    if cursor.word not in _CLAUSES:
        cursor.skip()
    elif cursor.take_any(("like", "clone", "copy")):
        told["like"] = cursor.name() or told.get("like")
    elif cursor.take("inherits"):
        inner = cursor.items()
        told["partition_of"] = (inner[0].name() if inner else None) or told.get("partition_of")
    elif cursor.take("partition", "by") or cursor.take("partitioned", "by"):
        told["partition_by"] = _arranged_by(cursor)
    elif cursor.at("with", "("):
        cursor.index += 1
        told["partition_by"] = told.get("partition_by") or _partitions_in_options(cursor)
    elif cursor.take("cluster", "by") or cursor.take("clustered", "by") or cursor.take("order", "by"):
        told["cluster_by"] = told.get("cluster_by") or _arranged_by(cursor)
    elif cursor.take_any(("sortkey", "distkey")):
        told["cluster_by"] = cursor.columns() or told.get("cluster_by", ())
    elif cursor.word in ("as", "select", "with") and _is_query(cursor):
        told["from_query"] = True
    else:
        cursor.skip()


def _is_query(cursor: Cursor) -> bool:
    following = cursor.words[cursor.index + 1 : cursor.index + 3]
    if cursor.word == "select":
        return True
    if cursor.word == "as":
        return any(word in ("select", "with", "(", "table", "values", "execute") for word in following[:1])
    return False


def _arranged_by(cursor: Cursor) -> tuple[str, ...]:
    """Pass what rows are arranged by, with or without brackets, and return the columns named anywhere in it."""
    if cursor.word in ("range", "list", "hash", "linear", "system", "key"):
        cursor.skip()
        cursor.take_any(("columns", "hash", "key"))
    found: list[str] = []
    if cursor.word == "(":
        for item in cursor.items():
            found += _columns_in(item)
        return tuple(dict.fromkeys(found))
    while not cursor.done:
        name = cursor.identifier()
        if not name:
            break
        if cursor.word == "(":
            for item in cursor.items():
                found += _columns_in(item)[:1]
        else:
            found.append(name)
        if not cursor.take(","):
            break
    return tuple(dict.fromkeys(found))


def _columns_in(item: Cursor, depth: int = _DEEPEST) -> list[str]:
    name = item.identifier()
    if name and item.word == "(":
        inner = item.items()[:1] if depth else []
        return [column for one in inner for column in _columns_in(one, depth - 1)]
    return [name] if name else []


def _partitions_in_options(cursor: Cursor) -> tuple[str, ...]:
    """Pass Trino's WITH (partitioned_by = ARRAY['day'], …) and return the columns that it names: day(ts) names ts."""
    found: list[str] = []
    for item in cursor.items():
        if item.take_any(("partitioned_by", "partitioning")):
            texts = [text.strip("'") for text in item.strings()]
            found += [text.rpartition("(")[2].partition(",")[0].strip(' )"').lower() for text in texts]
    return tuple(found)


def _index(cursor: Cursor, start: int, before: set[str]) -> CreateIndex | None:
    keyword_end = cursor.before
    concurrently = cursor.take("concurrently")
    exists = cursor.take("if", "not", "exists")
    name = None if cursor.word == "on" else cursor.name()
    method = next(iter(before & {"fulltext", "spatial", "bitmap", "columnstore"}), "")
    if cursor.take("using"):
        method = cursor.identifier()
    if not cursor.take("on"):
        return None
    only = cursor.take("only")
    table = cursor.name()
    if table is None:
        return None
    if cursor.take("using"):
        method = cursor.identifier()
    parts = columns.index_columns(cursor)
    include: tuple[str, ...] = ()
    where = ""
    options: list[str] = []
    end = cursor.before
    while not cursor.done:
        if cursor.take("include"):
            include = cursor.columns()
        elif cursor.take("where"):
            where = cursor.quote(cursor.index, cursor.size)
            break
        elif cursor.take("with") and cursor.word == "(":
            options += ["".join(item.plain(0, item.size).split()) for item in cursor.items()]
        else:
            option(cursor, options)
    index = Index(
        name=name.name if name else "",
        columns=parts,
        include=include,
        unique="unique" in before,
        method=method,
        where=where,
    )
    return CreateIndex(
        start=start,
        end=end,
        table=table,
        index=index,
        concurrently=concurrently,
        if_not_exists=exists,
        only=only,
        keyword_end=keyword_end,
        options=tuple(options),
    )


def option(cursor: Cursor, options: list[str]) -> None:
    """Pass ALGORITHM=…, LOCK=… or the single word ONLINE, and note it; anything else is passed without a note."""
    word = cursor.take_any(("algorithm", "lock"))
    if word:
        cursor.take("=")
        options.append(f"{word}={cursor.word}")
    elif cursor.word == "online":
        options.append("online")
    if not cursor.done:
        cursor.skip()
