"""A table as the definitions of a project leave it: columns, keys, indexes, and what can be asked of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from perftool.sql import actions as act

#: Kinds of index that find rows by the value of their first columns; "" is the engine's usual one.
_BY_VALUE: Final = frozenset({"", "btree", "hash", "bitmap"})
_IS_THERE: Final = re.compile(r"^\W*[\w.]+\W*\s+is\s+not\s+null\W*$", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_$]*")
_QUOTES: Final = {"mysql": ("`", "`"), "tsql": ("[", "]")}


@dataclass(slots=True)
class Table:
    """A table as its definitions leave it.

    ``home`` is the folder that defines it (see ``homes``); ``made``: there was a CREATE TABLE, and not only a change.
    ``complete``: all its columns are known, because CREATE TABLE named them. ``indexes`` hold those of UNIQUE
    constraints too. ``primary_key`` is empty when there is none, ("",) when its columns are not known. ``fewest`` is
    the smallest number of columns of one definition, 0 unless some have columns that others lack: those are different
    tables of one name, as in folders of examples, and ``columns`` holds more than each of them has.
    ``shared``: other tables that say the same hold the same containers; before a change it needs its ``own``.
    """

    name: act.Name
    home: str = ""
    made: bool = False
    columns: dict[str, act.Column] = field(default_factory=dict)
    complete: bool = False
    fewest: int = 0
    primary_key: tuple[str, ...] = ()
    key_name: str = ""
    indexes: list[act.Index] = field(default_factory=list)
    foreign_keys: list[act.Constraint] = field(default_factory=list)
    temporary: bool = False
    partition_of: act.Name | None = None
    partition_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()
    not_null: set[str] = field(default_factory=set)
    shared: bool = False

    def own(self) -> None:
        """Take containers of its own: it is about to change."""
        if self.shared:
            self.columns, self.not_null = dict(self.columns), set(self.not_null)
            self.indexes, self.foreign_keys = list(self.indexes), list(self.foreign_keys)
            self.shared = False

    def share(self, same: dict[object, Any]) -> None:
        """Hold nothing that is held already: ``same`` finds each thing that tables hold by its value."""
        self.name = same.setdefault(self.name, self.name)
        self.primary_key = same.setdefault(self.primary_key, self.primary_key)
        columns = ("columns", tuple(self.columns), tuple(self.columns.values()))
        self.columns = same.setdefault(columns, self.columns)
        self.indexes = same.setdefault(("indexes", tuple(self.indexes)), self.indexes)
        self.foreign_keys = same.setdefault(("foreign keys", tuple(self.foreign_keys)), self.foreign_keys)
        self.not_null = same.setdefault(frozenset(self.not_null), self.not_null)
        self.shared = True

    def define(self, columns: Iterable[str]) -> None:
        """Take note that a definition names ``columns``, before they are added."""
        given = set(columns)
        if self.complete and given - self.columns.keys() and self.columns.keys() - given:
            self.fewest = min(self.fewest or len(self.columns), len(given))
        elif self.fewest:
            self.fewest = min(self.fewest, len(given))
        self.complete = True

    def column(self, name: str) -> act.Column | None:
        """Return what is known of the column called ``name`` (as the engine compares it)."""
        return self.columns.get(name)

    def never_null(self, name: str) -> bool:
        """Say whether the column surely holds no NULL: declared so, or part of the primary key."""
        return name in self.not_null or name in self.primary_key

    def join(self, other: Table) -> None:
        """Take over what files elsewhere say of this table."""
        self.columns = other.columns | self.columns
        self.not_null |= other.not_null
        self.primary_key = self.primary_key or other.primary_key
        for index in other.indexes:
            self.add_index(index)
        for constraint in other.foreign_keys:
            self.add_foreign_key(constraint)
        self.partition_of = self.partition_of or other.partition_of
        self.partition_by = self.partition_by or other.partition_by
        self.cluster_by = self.cluster_by or other.cluster_by

    def is_key(self, columns: Iterable[str]) -> bool:
        """Say whether two rows that agree in ``columns`` are the same: a whole key is among these columns."""
        given = set(columns)
        if self.primary_key and given.issuperset(self.primary_key):
            return True
        return any(
            index.unique and not index.where and index.columns and given.issuperset(one.name for one in index.columns)
            for index in self.indexes
        )

    def finds_by(self, columns: Sequence[str]) -> bool:
        """Say whether an index or a key finds rows by ``columns``: it begins with one of them.

        What an index on some of the columns leaves to look through is little, as a rule.
        """
        found = [self.primary_key]
        found += [
            tuple(one.name for one in index.columns)
            for index in self.indexes
            # WHERE a IS NOT NULL leaves out what a look-up by a value never asks for.
            if index.method in _BY_VALUE and (not index.where or _IS_THERE.search(index.where))
        ]
        return any(names and names[0] in columns for names in found)

    def add_index(self, index: act.Index) -> None:
        """Add an index, unless the files define it twice: IF NOT EXISTS, or one schema for several engines."""
        for number, known in enumerate(self.indexes):
            if index.name and known.name == index.name:
                self.indexes[number] = index
                return
        # Two alike are one too many, which a rule tells; a third says no more.
        if self.indexes.count(index) < (1 if index.unique else 2):
            self.indexes.append(index)

    def add_foreign_key(self, constraint: act.Constraint) -> None:
        """Add a foreign key in place of another of the same columns."""
        self.foreign_keys = [one for one in self.foreign_keys if one.columns != constraint.columns]
        self.foreign_keys.append(constraint)

    def add_primary_key(self, constraint: act.Constraint) -> None:
        """Take over a primary key; USING INDEX gives it the columns of that index."""
        columns = constraint.columns
        for index in self.indexes:
            if constraint.index and index.name == constraint.index:
                columns = tuple(one.name for one in index.columns)
        self.primary_key = columns or ("",)
        self.key_name = constraint.name or constraint.index

    def drop_constraint(self, name: str) -> None:
        """Drop the constraint called ``name``, by its own name or by the one that PostgreSQL gives it."""
        table = self.name.name
        if name in (self.key_name, f"{table}_pkey"):
            self.drop_primary_key()
            return
        self.indexes = [
            one
            for one in self.indexes
            if name not in (one.name, "_".join((table, *(column.name for column in one.columns), "key")))
        ]
        self.foreign_keys = [
            one for one in self.foreign_keys if name not in (one.name, "_".join((table, *one.columns, "fkey")))
        ]

    def drop_primary_key(self) -> None:
        """Drop the primary key."""
        self.primary_key, self.key_name = (), ""

    def drop_column(self, gone: str) -> None:
        """Drop a column, and with it the indexes and keys that hold it."""
        self.columns.pop(gone, None)
        self.not_null.discard(gone)
        self.indexes = [one for one in self.indexes if all(column.name != gone for column in one.columns)]
        self.foreign_keys = [one for one in self.foreign_keys if gone not in one.columns]
        if gone in self.primary_key:
            self.drop_primary_key()

    def rename_column(self, old: str, new: str) -> None:
        """Call a column by its new name in indexes and keys too."""

        def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if name == old else name for name in names)

        if old in self.columns:
            self.columns[new] = self.columns.pop(old)
        if old in self.not_null:
            self.not_null.discard(old)
            self.not_null.add(new)
        self.primary_key = renamed(self.primary_key)
        self.partition_by, self.cluster_by = renamed(self.partition_by), renamed(self.cluster_by)
        self.foreign_keys = [msgspec.structs.replace(one, columns=renamed(one.columns)) for one in self.foreign_keys]
        self.indexes = [
            msgspec.structs.replace(
                index,
                columns=tuple(
                    msgspec.structs.replace(one, name=new) if one.name == old else one for one in index.columns
                ),
            )
            for index in self.indexes
        ]


def nearest(known: Sequence[Table], near: Mapping[str, int]) -> Table | None:
    """Return the one that was made nearest; of equally near ones that which holds all columns of the others.

    ``near`` tells how near each home is.
    """
    made = [one for one in known if one.made]
    counts = [near[one.home] for one in made]
    most = max(counts, default=0)
    best = [one for one, count in zip(made, counts, strict=True) if count == most]
    if not best or len({one.name.schema for one in best}) > 1 or len({one.home for one in best}) < len(best):
        return None
    fullest = max(best, key=lambda one: len(one.columns))
    return fullest if all(fullest.columns.keys() >= one.columns.keys() for one in best) else None


def create_index(name: act.Name, columns: Sequence[str], dialect: str) -> str:
    """Return the statement that makes an index on ``columns`` of the table ``name``; odd names are put in quotes."""
    opening, closing = _QUOTES.get(dialect, ('"', '"'))

    def written(part: str) -> str:
        return part if _PLAIN.fullmatch(part) else opening + part + closing

    table = ".".join(written(part) for part in (*filter(None, name.schema.split(".")), name.name))
    index = written("_".join((name.name, *columns)))
    return f"CREATE INDEX {index} ON {table} ({', '.join(map(written, columns))})"
