"""What was there before: the types of columns and the checks on them, what schemas held, through all files."""

from __future__ import annotations

from typing import Final

from perftool.sql.actions import Name

_ROWS: Final = frozenset({"table", "materialized view"})
_CODE: Final = frozenset({"function", "procedure", "view"})


class _Types:
    """The types of one column: the last one, and for each that a change brought those that it had before."""

    def __init__(self) -> None:
        self.last = ""
        self.before: dict[str, dict[str, None]] = {}

    def note(self, kind: str, *, changed: bool) -> None:
        """Note the next type."""
        if changed:
            self.before.setdefault(kind, {})[self.last] = None
        self.last = kind

    def copy(self) -> _Types:
        """Return one that goes its own way from here."""
        found = _Types()
        found.last = self.last
        found.before = {kind: dict(had) for kind, had in self.before.items()}
        return found


class History:
    """Types and checks of tables in the order of the files; dropping a table or a constraint forgets nothing.

    Tables are told apart by their names alone: schemas are seldom given everywhere.
    """

    def __init__(self) -> None:
        # Nothing is held twice: what many files say alike takes no more room than what one says.
        self._types: dict[str, dict[str, _Types]] = {}
        self._checks: dict[str, dict[str, None]] = {}
        # Columns that were made NOT NULL, and whether they always stayed so.
        self._required: dict[str, dict[str, bool]] = {}
        # The kinds of what was ever made in each schema, by the schema's own name.
        self._held: dict[str, set[str]] = {}

    def note_type(self, table: Name, column: str, kind: str, *, changed: bool = False) -> None:
        """Note that ``column`` is made with the type ``kind``, or was ``changed`` to it."""
        if kind:
            self._types.setdefault(table.name, {}).setdefault(column, _Types()).note(kind, changed=changed)

    def note_check(self, table: Name, check: str) -> None:
        """Note the text of a CHECK on ``table``."""
        self._checks.setdefault(table.name, {})[check] = None

    def note_required(self, table: Name, column: str, *, required: bool) -> None:
        """Note that ``column`` is made with or without NOT NULL, or that DROP NOT NULL takes it away."""
        columns = self._required.setdefault(table.name, {})
        columns[column] = required and columns.get(column, True)

    def always_required(self, table: Name, column: str) -> bool:
        """Say whether every definition of ``column`` is NOT NULL, and nothing ever took that away."""
        return self._required.get(table.name, {}).get(column, False)

    def note_made(self, kind: str, name: Name) -> None:
        """Note that something of this ``kind`` ("table", "function") is made, where its name tells the schema."""
        if name.schema:
            self._held.setdefault(name.schema.rpartition(".")[2], set()).add(kind)

    def holds_code_only(self, schema: str) -> bool:
        """Say whether functions, procedures or views were made in ``schema``, and nothing that holds rows."""
        held = self._held.get(schema, set())
        return not _CODE.isdisjoint(held) and _ROWS.isdisjoint(held)

    def rename_table(self, table: Name, new: str) -> None:
        """Give a table's past to its new name; under the old one it is known as well."""
        self._types.setdefault(new, {}).update(
            {column: types.copy() for column, types in self._types.get(table.name, {}).items()}
        )
        self._checks[new] = self._checks.get(new, {}) | self._checks.get(table.name, {})
        for column, required in list(self._required.get(table.name, {}).items()):
            self.note_required(Name(new), column, required=required)

    def rename_column(self, table: Name, old: str, new: str) -> None:
        """Give a column's past to its new name; under the old one it is known as well."""
        columns = self._types.get(table.name, {})
        if old in columns:
            columns[new] = columns[old].copy()
        self.note_required(table, new, required=self.always_required(table, old))

    def types_before(self, table: Name, column: str, new: str) -> list[str]:
        """Return what the type of ``column`` may have been when it became ``new``; "" stands for not known."""
        had = self._types.get(table.name, {}).get(column)
        return list(had.before.get(new, ())) if had is not None and new in had.before else [""]

    def checks(self, table: Name) -> tuple[str, ...]:
        """Return the texts of all checks that ``table`` was ever given."""
        return tuple(self._checks.get(table.name, ()))
