"""Which locks PostgreSQL takes for a definition, and what it does to the rows under them.

source: PostgreSQL manual, "Explicit Locking" and ALTER TABLE, Description and Notes
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint.small_tables import holds_few_rows
from perftool.sql import actions as act
from perftool.sql.tokens import lex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

ACCESS_EXCLUSIVE: Final = "ACCESS EXCLUSIVE"
SHARE_ROW_EXCLUSIVE: Final = "SHARE ROW EXCLUSIVE"
SHARE: Final = "SHARE"

_BLOCKING_MODES: Final = {
    # LOCK TABLE without a mode takes the strongest.
    "": ACCESS_EXCLUSIVE,
    "access exclusive": ACCESS_EXCLUSIVE,
    "exclusive": "EXCLUSIVE",
    "share row exclusive": SHARE_ROW_EXCLUSIVE,
    "share": SHARE,
}
_CLAUSES: Final = (
    ("owner", ACCESS_EXCLUSIVE),
    ("set schema", ACCESS_EXCLUSIVE),
    ("set tablespace", ACCESS_EXCLUSIVE),
    ("set logged", ACCESS_EXCLUSIVE),
    ("set unlogged", ACCESS_EXCLUSIVE),
    ("set access method", ACCESS_EXCLUSIVE),
    ("enable row", ACCESS_EXCLUSIVE),
    ("disable row", ACCESS_EXCLUSIVE),
    ("force row", ACCESS_EXCLUSIVE),
    ("no force row", ACCESS_EXCLUSIVE),
    ("replica identity", ACCESS_EXCLUSIVE),
    ("inherit", ACCESS_EXCLUSIVE),
    ("no inherit", ACCESS_EXCLUSIVE),
    ("enable trigger", SHARE_ROW_EXCLUSIVE),
    ("enable replica trigger", SHARE_ROW_EXCLUSIVE),
    ("enable always trigger", SHARE_ROW_EXCLUSIVE),
    ("disable trigger", SHARE_ROW_EXCLUSIVE),
)
_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_$]*")
_VOLATILE: Final = frozenset(
    {"random", "random_normal", "gen_random_uuid", "gen_random_bytes", "gen_salt", "uuid_generate_v1",
     "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "clock_timestamp", "timeofday", "nextval", "setval"}
)  # fmt: skip


def taken(action: act.Action) -> Iterator[tuple[act.Name, str]]:
    """Yield the tables that ``action`` locks against writes at least, each with the mode.

    Left out are locks that let writes pass, and the tables that a foreign key points to or an index belongs to where
    the statement does not name them.
    """
    if isinstance(action, (act.AddColumn, act.DropColumn, act.DropConstraint)):
        yield action.table, ACCESS_EXCLUSIVE
    elif isinstance(action, act.AlterColumn):
        # SET STATISTICS and the like, which are "other" changes, let writes pass.
        if action.change != "other":
            yield action.table, ACCESS_EXCLUSIVE
    elif isinstance(action, act.AddConstraint):
        yield action.table, SHARE_ROW_EXCLUSIVE if action.constraint.kind == "foreign key" else ACCESS_EXCLUSIVE
    elif isinstance(action, act.Rename):
        if action.table is not None and action.kind in ("table", "column", "constraint"):
            yield action.table, ACCESS_EXCLUSIVE
    elif isinstance(action, act.AlterTable):
        yield from _clause(action)
    elif isinstance(action, act.CreateIndex):
        if not action.concurrently:
            yield action.table, SHARE
    elif isinstance(action, act.Drop):
        if action.kind == "table":
            yield from ((name, ACCESS_EXCLUSIVE) for name in action.names)
    elif isinstance(action, act.Truncate):
        yield from ((name, ACCESS_EXCLUSIVE) for name in action.tables)
    elif isinstance(action, act.Maintain):
        yield from _maintenance(action)


def _clause(action: act.AlterTable) -> Iterator[tuple[act.Name, str]]:
    if action.clause == "detach partition" and not action.concurrently:
        yield action.table, ACCESS_EXCLUSIVE
    elif action.clause == "attach partition" and action.target is not None:
        yield action.target, ACCESS_EXCLUSIVE
    else:
        for beginning, mode in _CLAUSES:
            if action.clause.startswith(beginning):
                yield action.table, mode
                return


def _maintenance(action: act.Maintain) -> Iterator[tuple[act.Name, str]]:
    mode = ""
    if action.work == "lock":
        mode = _BLOCKING_MODES.get(action.mode, "")
    elif action.work == "cluster" or action.full or (action.work == "refresh" and not action.concurrently):
        mode = ACCESS_EXCLUSIVE
    elif action.work == "reindex" and action.kind == "table" and not action.concurrently:
        mode = SHARE
    if mode:
        yield from ((name, mode) for name in action.names)


def in_use(table: act.Name, place: Place) -> bool:
    """Say whether others may use ``table``: it is neither temporary nor made in this file, and this is no test."""
    return not place.is_seed and not place.is_new(table) and not place.is_temporary(table)


def held_up(table: act.Name, place: Place) -> bool:
    """Say whether a long lock on ``table`` is worth a word: it is in use, may hold many rows, and this is no rollback.

    Settings and lists of who may come in are so short, by their names, that nobody notices. What a rollback restores
    is done in a hurry and at one go: nobody stages it over several releases.
    """
    return not place.file.down and in_use(table, place) and not (place.is_empty(table) or holds_few_rows(table.name))


def written(name: act.Name | str) -> str:
    """Return a name as PostgreSQL reads it back: in quotes where it would be another one without."""
    if isinstance(name, str):
        return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
    return ".".join(written(part) for part in (*filter(None, name.schema.split(".")), name.name))


def volatile_call(expression: str) -> str:
    """Return the name of the function in ``expression`` that gives another value for each row; "" without one.

    Functions that are not PostgreSQL's own or of its well-known extensions are taken for stable ones.
    """
    if "(" not in expression:
        return ""
    before = ""
    for kind, token in lex(expression, "postgres"):
        if token == "(" and before in _VOLATILE:  # noqa: S105  a bracket
            return before
        before = token.lower() if kind == "word" else ""
    return ""


def rewrites(column: act.Column) -> bool:
    """Say whether ADD COLUMN writes every row anew, because each gets a value of its own."""
    return column.generated in ("stored", "identity") or bool(volatile_call(column.default or ""))
