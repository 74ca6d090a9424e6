"""Read column definitions and constraints, inside CREATE TABLE and behind ADD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.sql.actions import Column, Constraint, Index, IndexColumn, Reference

if TYPE_CHECKING:
    from perftool.sql.ddl.cursor import Cursor

_AFTER_TYPE: Final = frozenset(
    {"not", "null", "default", "primary", "unique", "check", "references", "constraint", "generated", "collate",
     "auto_increment", "autoincrement", "identity", "comment", "on", "key", "as", "stored", "virtual", "persisted",
     "encode", "distkey", "sortkey", "codec", "ttl", "options", "invisible", "visible", "first", "after", "using",
     "storage", "compression", "rowguidcol", "sparse", "masked", "materialized", "ephemeral", "alias", "deferrable",
     "initially", "enable", "disable", "set", "exclude", "charset", ",", ")", ";", "=", ":="}
)  # fmt: skip
_TABLE_CONSTRAINTS: Final = frozenset(
    {"constraint", "primary", "foreign", "unique", "check", "exclude", "index", "key", "fulltext", "spatial", "like",
     "period", "projection", "clustered"}
)  # fmt: skip
_ARRANGED: Final = frozenset({"clustered", "nonclustered", "columnstore"})
_REACH: Final = 12
_SERIALS: Final = frozenset({"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"})
_ATTRIBUTES: Final = frozenset(
    {"constraint", "not", "default", "primary", "unique", "check", "references", "generated", "as", "auto_increment",
     "autoincrement", "identity", "on", "comment", "charset", "character"}
)  # fmt: skip
_ENDS_DEFAULT: Final = frozenset(
    {"not", "null", "primary", "unique", "check", "references", "constraint", "generated", "collate", "comment",
     "auto_increment", "on", "first", "after", "encode", "identity", "invisible", "visible", "codec", "ttl",
     "deferrable", "storage", "with", "enable", "persisted", ","}
)  # fmt: skip


def is_constraint(cursor: Cursor) -> bool:
    """Say whether a table constraint or an index comes next, and no column that is called like one."""
    word = cursor.word
    if word not in _TABLE_CONSTRAINTS or cursor.index + 1 >= cursor.size:
        return False
    following = cursor.words[cursor.index + 1]
    if word in ("primary", "foreign"):
        return following == "key"
    if word in ("check", "unique", "exclude", "index", "key", "fulltext", "spatial"):
        return _has_list(cursor)
    return word not in ("period", "projection", "clustered")


def _has_list(cursor: Cursor) -> bool:
    """Say whether the brackets of a constraint or an index follow: a column called ``key`` has its type first."""
    probe = cursor.sub((cursor.index, min(cursor.index + _REACH, cursor.size)))
    word = probe.word
    probe.skip()
    if word in ("check", "exclude"):
        return probe.word == "(" or (word == "exclude" and probe.word == "using")
    probe.take_any(("key", "index"))
    probe.take_any(_ARRANGED)
    if probe.take("nulls"):
        probe.take("not")
        probe.take("distinct")
    if probe.word not in ("(", "using"):
        sized = word in ("index", "key") and _is_sized_type(probe.word)
        probe.identifier()
        if sized and probe.word == "(":
            # "key varchar(20)" is a column.
            return False
    while probe.take_any(_ARRANGED) or probe.take("unique"):
        pass
    if probe.take("using"):
        if probe.word == "index":
            return True
        probe.skip()
    return probe.word == "("


def _is_sized_type(word: str) -> bool:
    return word in {
        "varchar", "char", "nvarchar", "nchar", "character", "decimal", "numeric", "binary", "varbinary", "bit", "int",
        "bigint", "smallint", "tinyint", "varchar2", "nvarchar2", "number", "float", "datetime", "timestamp", "time",
        "raw", "enum", "fixedstring", "datetime64", "array", "nullable", "lowcardinality",
    }  # fmt: skip


def column(cursor: Cursor, *, name: str | None = None) -> Column | None:
    """Pass a column definition and return it; ``name`` if it was passed already."""
    start = cursor.start
    called = name if name is not None else cursor.identifier()
    if not called:
        return None
    told: dict[str, Any] = {"type": _type(cursor)}
    if told["type"].partition("(")[0] in _SERIALS:
        told["generated"] = "identity"
        told["not_null"] = True
    while not cursor.done and cursor.word not in (",", ")", ";"):
        _attribute(cursor, told)
    if told.get("primary_key"):
        told["not_null"] = True
    # Of a name that was passed before nothing may follow.
    return Column(name=called, start=min(start, cursor.before), end=cursor.before, **told)


def _type(cursor: Cursor) -> str:
    """Pass a type and return it: words, their sizes in brackets, and :: or % of PL/SQL; anything else ends it."""
    words, first = cursor.words, cursor.index
    while cursor.index < cursor.size:
        word = words[cursor.index]
        if word in _AFTER_TYPE or (word == "character" and cursor.at("character", "set")):
            break
        if word in ("(", "["):
            cursor.brackets()
        else:
            cursor.index += 1
    return cursor.plain(first, cursor.index)


def _attribute(cursor: Cursor, told: dict[str, Any]) -> None:
    word = cursor.word
    if word not in _ATTRIBUTES:
        cursor.skip()
    elif cursor.take("constraint"):
        cursor.identifier()
    elif cursor.take("not", "null"):
        told["not_null"] = True
    elif cursor.take("default"):
        told["default"] = _expression(cursor)
    elif cursor.take("primary", "key") or cursor.take("primary"):
        told["primary_key"] = True
    elif cursor.take("unique"):
        told["unique"] = True
        cursor.take("key")
    elif cursor.take("check"):
        told["check"] = True
        cursor.brackets()
    elif cursor.take("references"):
        told["references"] = reference(cursor)
    elif cursor.take("generated"):
        _generated(cursor, told)
    elif word == "as" and cursor.index + 1 < cursor.size and cursor.words[cursor.index + 1] == "(":
        cursor.index += 1
        cursor.brackets()
        told["generated"] = "stored" if cursor.take("stored") or cursor.take("persisted") else "virtual"
    elif cursor.take_any(("auto_increment", "autoincrement", "identity")):
        told["generated"] = "identity"
        cursor.brackets()
    elif cursor.take("on"):
        # ON UPDATE CURRENT_TIMESTAMP, ON DELETE CASCADE, ON CONFLICT …: two words more, and brackets
        cursor.index = min(cursor.index + 2, cursor.size)
        cursor.brackets()
    elif cursor.take_any(("comment", "charset")) or cursor.take("character", "set"):
        cursor.skip()
    else:
        cursor.skip()


def _expression(cursor: Cursor) -> str:
    first = cursor.index
    # The first token always belongs to it: DEFAULT NULL, DEFAULT (now()).
    cursor.skip()
    while not cursor.done and cursor.word not in _ENDS_DEFAULT and cursor.word not in (")", ";"):
        cursor.skip()
    return cursor.quote(first, cursor.index)


def _generated(cursor: Cursor, told: dict[str, Any]) -> None:
    cursor.take("always")
    if cursor.take("by", "default"):
        cursor.take("on", "null")
    cursor.take("as")
    if cursor.take("identity"):
        told["generated"] = "identity"
        told["not_null"] = True
        cursor.brackets()
        return
    cursor.brackets()
    told["generated"] = "stored" if cursor.take("stored") else "virtual"
    cursor.take("virtual")


def reference(cursor: Cursor) -> Reference | None:
    """Pass what stands behind REFERENCES, its actions and timing too."""
    name = cursor.name()
    if name is None:
        return None
    columns = cursor.columns()
    while True:
        if cursor.take("match"):
            cursor.skip()
        elif cursor.at("on", "delete") or cursor.at("on", "update"):
            cursor.index += 2
            if cursor.take("set") or cursor.take("no"):
                cursor.skip()
                cursor.brackets()
            else:
                cursor.skip()
        elif cursor.at("not", "deferrable"):
            cursor.index += 2
        elif cursor.take("deferrable"):
            pass
        elif cursor.take("initially"):
            cursor.skip()
        else:
            return Reference(name, columns)


def constraint(cursor: Cursor) -> Constraint | Index | None:
    """Pass a table constraint, or an index given inside a table, and return it."""
    start = cursor.start
    name = ""
    if cursor.take("constraint") and cursor.word not in ("primary", "foreign", "unique", "check", "exclude", "not"):
        name = cursor.identifier()
    told: dict[str, Any] = {}
    if cursor.take("primary", "key"):
        told = _key(cursor, "primary key")
    elif cursor.take("foreign", "key"):
        if cursor.word != "(":
            name = cursor.identifier() or name
        told = {"kind": "foreign key", "columns": cursor.columns()}
        if cursor.take("references"):
            told["references"] = reference(cursor)
    elif cursor.take("unique"):
        told = _key(cursor, "unique")
        name = told.pop("name", "") or name
    elif cursor.take("check"):
        inside = cursor.brackets()
        told = {"kind": "check", "check": cursor.quote(*inside) if inside else ""}
    elif cursor.take("exclude"):
        told = {"kind": "exclude"}
    elif cursor.at("not", "null"):
        cursor.index += 2
        told = {"kind": "not null", "columns": (cursor.identifier(),)}
    elif cursor.word in ("index", "key", "fulltext", "spatial"):
        return _inner_index(cursor)
    else:
        return None
    while not cursor.done and cursor.word not in (",", ")", ";"):
        if cursor.take("not", "valid"):
            told["not_valid"] = True
        elif cursor.take("using", "index"):
            # Oracle's USING INDEX TABLESPACE … names no index.
            told["index"] = "" if cursor.word == "tablespace" else cursor.identifier()
        else:
            cursor.skip()
    return Constraint(name=name, start=start, end=cursor.before, **told)


def _key(cursor: Cursor, kind: str) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": kind}
    cursor.take_any(("key", "index"))
    cursor.take_any(("clustered", "nonclustered"))
    if cursor.take("using") and not cursor.at("index"):
        if cursor.word == "index":
            return told
        cursor.skip()
    elif cursor.words[cursor.index - 1 : cursor.index] == ["using"]:
        cursor.index -= 1
        return told
    if cursor.at("nulls"):
        cursor.index += 1
        cursor.take("not")
        cursor.take("distinct")
    if cursor.word not in ("(", "using"):
        told["name"] = cursor.identifier()
        if cursor.take("using"):
            cursor.skip()
    if kind == "primary key":
        told.pop("name", None)
    told["columns"] = cursor.columns()
    return told


def _inner_index(cursor: Cursor) -> Index | None:
    method = cursor.take_any(("fulltext", "spatial"))
    cursor.take_any(("index", "key"))
    name = "" if cursor.word == "(" else cursor.identifier()
    if cursor.take("using"):
        method = cursor.identifier()
    columns = index_columns(cursor)
    return Index(name=name, columns=columns, method=method) if columns else None


def index_columns(cursor: Cursor) -> tuple[IndexColumn, ...]:
    """Pass the columns of an index in brackets."""
    return tuple(_index_column(item) for item in cursor.items())


def _index_column(item: Cursor) -> IndexColumn:
    name = item.identifier()
    if name and (item.done or item.word in ("asc", "desc", "nulls", "collate") or _opclass(item)):
        return IndexColumn(name, opclass=item.identifier() if _opclass(item) else "")
    if name and _is_length(item):
        return IndexColumn(name, length=int(item.texts[item.index + 1]))
    item.index = 0
    item.skip_to(("asc", "desc", "nulls"))
    return IndexColumn("", expression="".join(item.plain(0, item.index).split()))


def _opclass(cursor: Cursor) -> bool:
    """Say whether a word comes next that names an operator class: ``gin (name gin_trgm_ops)``."""
    return cursor.word.endswith("_ops")


def _is_length(cursor: Cursor) -> bool:
    """Say whether a length in brackets comes next: MySQL indexes the first characters of long columns."""
    after = cursor.texts[cursor.index : cursor.index + 3]
    return after[::2] == ["(", ")"] and after[1].isdecimal() and len(after[1]) < 7
