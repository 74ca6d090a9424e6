"""Tables by name: which of several a name means, for whoever asks, and what equal ones hold in common."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

from perftool.lint.homes import Beside, Near, home_of
from perftool.lint.table import Table, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.sql import actions as act


class Tables:
    """All tables by name, and the home of the file that is read or looked at.

    Tables of one name may be defined in folders that have nothing to do with each other: then a name means the one
    whose definition is nearest to that file.
    """

    def __init__(self) -> None:
        self._tables: dict[str, list[Table]] = {}
        self._dropped: dict[str, list[Table]] = {}
        self._home = ""
        self._beside, self._near = Beside(""), Near("")
        # As the file that was asked for last sees it: files of one folder come one after the other.
        self._view: Self | None = None
        # Databases beside each other often have the same tables: what they hold is held once.
        self._same: dict[object, Any] = {}
        self._changed: list[Table] = []
        #: Whether any name has several tables, so that it matters who asks.
        self._split = False
        self._settled = True

    def near(self, path: str) -> Self:
        """Return all of it as the file at ``path`` sees it."""
        home = home_of(path)
        if not self._split:
            return self
        if not self._settled:
            self._settle()
        if self._view is None or self._view._home != home:  # noqa: SLF001  of the same class
            self._view = None
            view = copy.copy(self)
            view._enter(home)  # noqa: SLF001
            self._view = view
        return self._view

    def table(self, name: act.Name) -> Table | None:
        """Return the table that ``name`` means; None if unknown, or if several schemas have one of that name."""
        known = self._fitting(name)
        return known[0] if len(known) == 1 else nearest(known, self._near)

    def fewest_columns(self, name: act.Name) -> int:
        """Return how many columns the narrowest of the tables has that ``name`` may mean; 0 where none is known."""
        known = [one for one in self._fitting(name) if one.complete]
        return min((one.fewest or len(one.columns) for one in known), default=0)

    def _fitting(self, name: act.Name) -> list[Table]:
        known = self._tables.get(name.name, [])
        if not name.schema:
            return known
        # One of them may name the database or the project as well: shop.events, acme.shop.events.
        return (
            [t for t in known if t.name.schema == name.schema]
            or [t for t in known if t.name.schema and _ends_alike(t.name.schema, name.schema)]
            # A definition without a schema is the same table, one with another schema is not.
            or [t for t in known if not t.name.schema]
        )

    def tables(self) -> Iterable[Table]:
        """Return all tables, in the order of their first definition."""
        return (table for tables in self._tables.values() for table in tables)

    def _read(self, path: str) -> None:
        """Begin with the file at ``path``, which may change what names mean."""
        self._settled = False
        self._view = None
        self._enter(home_of(path))

    def _known(self, name: act.Name) -> Table:
        """Return the table of this database that is called so, to be changed."""
        return self._changing(self._own(name) or self._add(Table(name, self._home)))

    def _changing(self, table: Table) -> Table:
        table.own()
        self._changed.append(table)
        return table

    def _share(self) -> None:
        """Let the tables that have changed hold in common what they can: where names have several tables, most can."""
        if self._split:
            for table in self._changed:
                if not table.shared:
                    table.share(self._same)
        self._changed.clear()

    def _add(self, table: Table) -> Table:
        known = self._tables.setdefault(table.name.name, [])
        self._split = self._split or bool(known)
        known.append(table)
        return table

    def _enter(self, home: str) -> None:
        if home != self._home:
            self._home, self._beside, self._near = home, Beside(home), Near(home)

    def _is_own(self, table: Table) -> bool:
        """Say whether a table is one of the database that is read now."""
        return self._beside[table.home]

    def _own(self, name: act.Name) -> Table | None:
        beside = self._beside
        own = [one for one in self._fitting(name) if beside[one.home]]
        if len(own) > 1:
            own = [one for one in own if one.home == self._home] or own
        return own[0] if len(own) == 1 else None

    def _settle(self) -> None:
        """Give what was said of tables that nothing makes in that place to the nearest ones that are made."""
        self._settled = True
        for name, known in self._tables.items():
            if all(one.made for one in known):
                continue
            for one in [one for one in known if not one.made]:
                others = [other for other in self._fitting(one.name) if other.made]
                meant = others[0] if len(others) == 1 else nearest(others, Near(one.home))
                if meant is not None:
                    self._changing(meant).join(one)
                    self._tables[name].remove(one)
        self._share()

    def _restore(self, name: act.Name) -> Table | None:
        """Bring back what DROP took away: keys may stand in a file whose name comes before that of DROP and CREATE."""
        dropped = self._dropped.get(name.name, [])
        for number, one in enumerate(dropped):
            if self._is_own(one) and (not name.schema or one.name.schema in ("", name.schema)):
                return self._add(dropped.pop(number))
        return None

    def _made(self, name: act.Name) -> Table:
        """Return the table that CREATE TABLE makes or defines once more in this home."""
        table = self._changing(self._own(name) or self._restore(name) or self._known(name))
        table.home = min(table.home, self._home, key=len) if table.made else self._home
        table.made = True
        return table


def _ends_alike(one: str, other: str) -> bool:
    return one.endswith(f".{other}") or other.endswith(f".{one}")
