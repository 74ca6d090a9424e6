"""Read ALTER."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from perftool.sql import actions as act
from perftool.sql.ddl import columns
from perftool.sql.ddl.creating import option
from perftool.sql.ddl.dropping import last_name, object_kind

if TYPE_CHECKING:
    from perftool.sql.actions import AnyAction
    from perftool.sql.ddl.cursor import Cursor

Change = Literal["set type", "set not null", "drop not null", "set default", "drop default", "other"]

_CLAUSE_WORDS: Final = 4
_IN_CLAUSE: Final = frozenset({"(", ",", "=", ";"})
_SAY_IT_ONCE: Final = frozenset({"tsql", "fabric", "oracle", "snowflake"})
_CLAUSE_VERBS: Final = frozenset({"add", "drop", "alter", "modify", "change", "rename", "validate", "attach", "detach"})
# Where the dialect is not known, these begin a clause of their own.
_OTHER_CLAUSES: Final = frozenset(
    {"owner", "enable", "disable", "force", "no", "inherit", "set", "reset", "cluster", "replica", "engine", "order",
     "auto_increment", "convert", "default", "comment", "row_format", "charset", "character", "collate", "partition",
     "with", "without", "of", "not", "options", "checksum", "key_block_size", "pack_keys"}
)  # fmt: skip


def alter(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read an ALTER statement."""
    start = cursor.start
    cursor.take("alter")
    cursor.take_any(("ignore", "foreign", "online", "offline", "external"))
    if cursor.take("table"):
        return _table(cursor)
    kind = object_kind(cursor)
    cursor.take("if", "exists")
    name = cursor.name()
    if cursor.take("rename"):
        if cursor.take("to"):
            return (
                act.Rename(
                    kind=kind,
                    table=name,
                    old=name.name if name else "",
                    new=last_name(cursor),
                    start=start,
                    end=cursor.before,
                ),
            )
        if cursor.take("column") and name is not None:
            return (_rename_column(cursor, name, start),)
        return (
            act.AlterOther(kind=kind, name=name, clause="rename " + _clause(cursor), start=start, end=len(cursor.text)),
        )
    return (act.AlterOther(kind=kind, name=name, clause=_clause(cursor), start=start, end=len(cursor.text)),)


def _clause(cursor: Cursor) -> str:
    """Return the first words of what comes, in lower case, and pass nothing."""
    found: list[str] = []
    for word in cursor.words[cursor.index : cursor.index + _CLAUSE_WORDS]:
        if not word or word in _IN_CLAUSE:
            break
        found.append(word)
    return " ".join(found)


def _table(cursor: Cursor) -> tuple[AnyAction, ...]:
    cursor.take("if", "exists")
    cursor.take("only")
    table = cursor.name()
    if table is None:
        return ()
    cursor.take("*")
    if cursor.take("on", "cluster"):
        cursor.skip()
    if cursor.take("with") and not cursor.take("nocheck"):
        cursor.take("check")
    found: list[AnyAction] = []
    options: list[str] = []
    last = ""
    for clause in cursor.parts():
        if _is_option(clause, options):
            continue
        if last and _continues(clause):
            found += _continued(clause, table, last, found)
            continue
        found += _one_clause(clause, table)
        last = clause.words[0] if clause.words[0] in ("add", "drop") else ""
    if options:
        found = [
            msgspec.structs.replace(one, options=tuple(options)) if "options" in one.__struct_fields__ else one
            for one in found
        ]
    return tuple(found)


def _is_option(clause: Cursor, options: list[str]) -> bool:
    """Note the option in a clause that is ALGORITHM=… or LOCK=…, with or without the sign."""
    if clause.words[0] not in ("algorithm", "lock") or clause.size not in (2, 3):
        return False
    option(clause, options)
    return True


def _continues(clause: Cursor) -> bool:
    """Say whether a clause leaves out ADD or DROP: T-SQL, Oracle and Snowflake say it once for several parts."""
    word = clause.words[0]
    if word in _CLAUSE_VERBS:
        return False
    return clause.dialect in _SAY_IT_ONCE or (clause.dialect == "" and word not in _OTHER_CLAUSES)


def _continued(cursor: Cursor, table: act.Name, last: str, found: list[AnyAction]) -> list[AnyAction]:
    if last == "add":
        return _add(cursor, table, cursor.start)
    if cursor.word in ("column", "constraint") or (found and isinstance(found[-1], act.DropColumn)):
        return _drop_part(cursor, table, cursor.start)
    return [act.DropConstraint(table=table, name=cursor.identifier(), start=cursor.first_start, end=cursor.last_end)]


def _one_clause(cursor: Cursor, table: act.Name) -> list[AnyAction]:
    start, end = cursor.start, cursor.last_end
    if cursor.take("add"):
        return _add(cursor, table, start)
    if cursor.take("drop"):
        return _drop_part(cursor, table, start)
    if cursor.take("validate", "constraint"):
        return [act.ValidateConstraint(table=table, name=cursor.identifier(), start=start, end=end)]
    if cursor.take_any(("alter", "modify", "change")):
        verb = cursor.words[cursor.index - 1]
        if verb == "alter" and cursor.word in ("constraint", "index"):
            return [act.AlterTable(table=table, clause=f"alter {_clause(cursor)}", start=start, end=end)]
        return [_alter_column(cursor, table, verb, start)]
    if cursor.take("rename"):
        return [_rename(cursor, table, start)]
    if cursor.take_any(("attach", "detach")):
        verb = cursor.words[cursor.index - 1]
        cursor.take("partition")
        target = cursor.name()
        # FINALIZE ends a detachment that was interrupted: another thing, and one that waits for nobody.
        ending = cursor.skip_to(("concurrently", "finalize"))
        clause = f"{verb} partition finalize" if ending == "finalize" else f"{verb} partition"
        found = act.AlterTable(
            table=table, clause=clause, target=target, concurrently=ending == "concurrently", start=start, end=end
        )
        return [found]
    return [act.AlterTable(table=table, clause=_clause(cursor), start=start, end=end)]


def _add(cursor: Cursor, table: act.Name, start: int) -> list[AnyAction]:
    if columns.is_constraint(cursor) or cursor.at("constraint"):
        found = columns.constraint(cursor)
        if isinstance(found, act.Constraint):
            return [act.AddConstraint(table=table, constraint=found, start=start, end=cursor.before)]
        index = found if isinstance(found, act.Index) else None
        clause = f"add {index.method} index".replace("  ", " ") if index else "add constraint"
        return [act.AlterTable(table=table, clause=clause, index=index, start=start, end=cursor.before)]
    if cursor.word in ("partition", "period", "table", "projection", "statistics", "search"):
        return [act.AlterTable(table=table, clause=f"add {_clause(cursor)}", start=start, end=cursor.last_end)]
    if cursor.words[cursor.index + 1 : cursor.index + 2] == ["("]:
        # Spark and Hive: ADD COLUMNS (a INT, b INT)
        cursor.take("columns")
    cursor.take("column")
    cursor.take("if", "not", "exists")
    if cursor.word == "(":
        found_all: list[AnyAction] = []
        for item in cursor.items():
            # A bracket within the bracket is no column, and may hold any number of others.
            found_all += _add(item, table, item.start) if item.word != "(" else []
        return found_all
    column = columns.column(cursor)
    return [act.AddColumn(table=table, column=column, start=start, end=cursor.before)] if column else []


def _drop_part(cursor: Cursor, table: act.Name, start: int) -> list[AnyAction]:
    end = cursor.last_end
    if cursor.take("primary", "key"):
        return [act.DropConstraint(table=table, kind="primary key", start=start, end=end)]
    if cursor.take("foreign", "key"):
        return [act.DropConstraint(table=table, kind="foreign key", name=cursor.identifier(), start=start, end=end)]
    if cursor.take_any(("constraint", "check")):
        cursor.take("if", "exists")
        return [act.DropConstraint(table=table, name=cursor.identifier(), start=start, end=end)]
    if (
        cursor.word in ("index", "key", "partition", "period", "statistics", "projection")
        and cursor.size > cursor.index + 1
    ):
        kind = cursor.word
        cursor.skip()
        if kind in ("index", "key"):
            name = cursor.identifier()
            return [act.Drop(kind="index", names=(act.Name(name),), table=table, start=start, end=end)]
        return [act.AlterTable(table=table, clause=f"drop {kind}", start=start, end=end)]
    behind_drop = cursor.index > 0
    named = cursor.take("column") or (
        cursor.words[cursor.index + 1 : cursor.index + 2] == ["("] and cursor.take("columns")
    )
    cursor.take("if", "exists")
    if behind_drop and not named and cursor.dialect in ("tsql", "fabric"):
        # T-SQL: DROP without a word is DROP CONSTRAINT.
        return [act.DropConstraint(table=table, name=cursor.identifier(), start=start, end=end)]
    inner = cursor.items() if cursor.word == "(" else [cursor]
    found: list[AnyAction] = []
    for item in inner:
        name = item.identifier()
        if name:
            cascade = "cascade" in item.words[item.index :]
            found.append(act.DropColumn(table=table, column=name, cascade=cascade, start=start, end=end))
    return found


def _alter_column(cursor: Cursor, table: act.Name, verb: str, start: int) -> AnyAction:
    end = cursor.last_end
    cursor.take("column")
    cursor.take("if", "exists")
    name_start = cursor.start
    name = cursor.identifier()
    if not name:
        return act.AlterTable(table=table, clause=verb, start=start, end=end)

    def changed(change: Change, column: act.Column | None = None, using: str = "", new_name: str = "") -> AnyAction:
        known = column or act.Column(name=name, start=name_start, end=end)
        return act.AlterColumn(
            table=table,
            column=known,
            change=change,
            using=using,
            new_name=new_name,
            start=start,
            end=end,
        )

    if verb in ("modify", "change"):
        new = cursor.identifier() if verb == "change" else ""
        if cursor.done:
            return changed("other")
        column = columns.column(cursor, name=name)
        return changed("set type" if column and column.type else "other", column, new_name=new)
    if cursor.take("set", "not", "null"):
        return changed("set not null")
    if cursor.take("drop", "not", "null"):
        return changed("drop not null")
    if cursor.take("set", "default") or cursor.take("add", "default"):
        text = cursor.quote(cursor.index, cursor.size)
        return changed("set default", act.Column(name=name, default=text, start=name_start, end=end))
    if cursor.take("drop", "default"):
        return changed("drop default")
    if cursor.take("set", "data", "type") or cursor.take("type"):
        first = cursor.index
        cursor.skip_to(("using", "collate"))
        kind = cursor.plain(first, cursor.index)
        if cursor.take("collate"):
            cursor.name()
        using = cursor.quote(cursor.index + 1, cursor.size) if cursor.word == "using" else ""
        return changed("set type", act.Column(name=name, type=kind, start=name_start, end=end), using)
    if cursor.word in ("set", "add", "drop", "reset", "encode", "comment", "rename") or cursor.done:
        return changed("other")
    # T-SQL gives the new type at once: ALTER COLUMN a bigint NOT NULL.
    column = columns.column(cursor, name=name)
    return changed("set type" if column and column.type else "other", column)


def _rename(cursor: Cursor, table: act.Name, start: int) -> AnyAction:
    end = cursor.last_end
    if cursor.take("to") or cursor.take("as"):
        return act.Rename(kind="table", table=table, old=table.name, new=last_name(cursor), start=start, end=end)
    for kind in ("constraint", "index", "key", "partition"):
        if cursor.at(kind) and cursor.size > cursor.index + 2:
            cursor.skip()
            old = cursor.identifier()
            cursor.take("to")
            return act.Rename(kind=kind, table=table, old=old, new=cursor.identifier(), start=start, end=end)
    cursor.take("column")
    if "to" not in cursor.words[cursor.index :] and cursor.size == cursor.index + 1:
        # MySQL: RENAME new_name
        return act.Rename(kind="table", table=table, old=table.name, new=last_name(cursor), start=start, end=end)
    return _rename_column(cursor, table, start)


def _rename_column(cursor: Cursor, table: act.Name, start: int) -> AnyAction:
    old = cursor.identifier()
    cursor.take("to")
    new = cursor.identifier()
    return act.Rename(kind="column", table=table, old=old, new=new, start=start, end=cursor.before)
