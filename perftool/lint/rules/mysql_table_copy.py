"""Find changes for which MySQL copies the table, or keeps writers out while it works.

Why: most changes of an InnoDB table run beside reads and writes. These do not: a new type, another character set, no
primary key, a stored generated column, partitions and a checked foreign key copy every row while all writes wait; a
full-text or spatial index and a new AUTO_INCREMENT column keep writes out while they are built.
Bad: ALTER TABLE orders MODIFY COLUMN id BIGINT
Good: ALTER TABLE orders ADD COLUMN id_wide BIGINT, ALGORITHM=INSTANT
Dialect: mysql
Limits: silent for tables made in the same file, and where ALGORITHM or LOCK=NONE make the server refuse rather than
copy. What a column's type was comes from the project's definitions; where they do not tell, only MODIFY to a type that
columns are widened to (BIGINT, LONGTEXT …) is reported, and none where a file takes a migration back. InnoDB is taken
for granted, and four bytes for a character.
Source: MySQL 8.4 manual, "Online DDL Operations"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import MYSQL, Finding, Rule
from perftool.lint.locks import in_use
from perftool.lint.widening import mysql_in_place
from perftool.sql.actions import Action, AddColumn, AddConstraint, AlterColumn, AlterTable, CreateIndex, DropConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.sql.actions import Column, Name

_SLOW_INDEXES: Final = frozenset({"fulltext", "spatial"})
_COPYING_CLAUSES: Final = {
    "convert to character set": "every row is converted",
    "convert to charset": "every row is converted",
    "partition by": "every row moves to its partition",
    "remove partitioning": "every row moves out of its partition",
    "encryption": "every row is encrypted or decrypted",
}
_WIDE: Final = frozenset({"bigint", "mediumtext", "longtext", "mediumblob", "longblob"})
_REFUSES_COPY: Final = frozenset({"algorithm=inplace", "algorithm=instant", "algorithm=nocopy", "lock=none"})
_REFUSES_LOCK: Final = frozenset({"algorithm=instant", "lock=none"})
_COPY_HELP: Final = "gh-ost or pt-online-schema-change let writers pass; ALGORITHM=INPLACE makes the server refuse"
#: source: gh-ost documentation, "Requirements and limitations": it takes no tables with foreign keys
_KEY_HELP: Final = (
    "pt-online-schema-change lets writers pass; or check the rows first, then SET foreign_key_checks = 0 and add it "
    "with ALGORITHM=INPLACE"
)
_OFF: Final = frozenset({"0", "off", "false"})


def _copy(
    action: Action, table: Name, reason: str, options: tuple[str, ...], place: Place, help_: str = _COPY_HELP
) -> Iterator[Finding]:
    if in_use(table, place) and not _REFUSES_COPY.intersection(options):
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"copies all of {table} while writes to it wait: {reason}",
            help=help_,
        )


def _block(action: Action, table: Name, reason: str, options: tuple[str, ...], place: Place) -> Iterator[Finding]:
    if in_use(table, place) and not _REFUSES_LOCK.intersection(options):
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"stops all writes to {table} until it is done: {reason}",
            help="gh-ost or pt-online-schema-change let writers pass; LOCK=NONE makes the server refuse",
        )


def _column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterColumn)
    table, column = action.table, action.column
    if action.change != "set type":
        return
    olds = _types_before(table, column, action.new_name, place)
    if action.new_name:
        place.memory[f"{table.name}.{action.new_name}"] = column.type
    place.memory[f"{table.name}.{column.name}"] = column.type
    old = next((old for old in olds if not _keeps_rows(old, action)), None)
    if old is None or place.file.down:
        # The files that are run before one that takes a migration back are not those that are read before it.
        return
    goes = f"goes from {old} to {column.type}" if old else f"becomes {column.type}"
    yield from _copy(action, table, f"{column.name} {goes}", action.options, place)


def _keeps_rows(old: str, action: AlterColumn) -> bool:
    """Say whether the rows may stay as they are; an empty ``old`` type is not known."""
    column = action.column
    if column.generated == "stored":
        return False
    if old:
        return mysql_in_place(old, column.type)
    # CHANGE has to say the type again when it only gives a new name, and MODIFY when it only allows NULL.
    renames = bool(action.new_name) and action.new_name != column.name
    return renames or column.type.partition("(")[0].partition(" ")[0] not in _WIDE


def _types_before(table: Name, column: Column, new_name: str, place: Place) -> list[str]:
    """Return what the type may have been, "" for not known: the project knows all that it was, in order."""
    remembered = place.memory.get(f"{table.name}.{column.name}")
    if isinstance(remembered, str) and remembered:
        return [remembered]
    return place.project.history.types_before(table, new_name or column.name, column.type)


def _new_column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    column, table = action.column, action.table
    place.memory[f"{table.name}.{column.name}"] = column.type
    if column.generated == "stored":
        yield from _copy(action, table, f"{column.name} is computed and stored for each row", action.options, place)
    elif column.generated == "identity":
        yield from _block(action, table, f"each row gets a number in {column.name}", action.options, place)


def _constraint(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddConstraint)
    checked = place.file.options.get("foreign_key_checks", "").lower() not in _OFF
    if action.constraint.kind == "foreign key" and checked:
        reason = "a foreign key is checked for each row unless foreign_key_checks is 0"
        yield from _copy(action, action.table, reason, action.options, place, _KEY_HELP)


def _dropped_key(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, DropConstraint)
    another = any(isinstance(one, AddConstraint) and one.constraint.kind == "primary key" for one in place.actions)
    if action.kind == "primary key" and not another:
        reason = "rows are stored in the order of the key that goes"
        yield from _copy(action, action.table, reason, action.options, place)


def _clause(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterTable)
    if action.index is not None:
        if action.index.method in _SLOW_INDEXES:
            yield from _block(action, action.table, f"a {action.index.method} index is built", action.options, place)
        return
    for beginning, reason in _COPYING_CLAUSES.items():
        if action.clause.startswith(beginning):
            yield from _copy(action, action.table, reason, action.options, place)
            return


def _index(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateIndex)
    if action.index.method in _SLOW_INDEXES:
        yield from _block(action, action.table, f"a {action.index.method} index is built", action.options, place)


RULE = Rule(
    code="MIG014",
    name="mysql-table-copy",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=MYSQL,
    fix="hint",
    needs="project",
    actions={
        AlterColumn: _column,
        AddColumn: _new_column,
        AddConstraint: _constraint,
        DropConstraint: _dropped_key,
        AlterTable: _clause,
        CreateIndex: _index,
    },
)
