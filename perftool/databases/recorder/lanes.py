"""What one thread or task did in turn: which statements follow the rows of another.

A statement is told from one that merely runs often by its parameters: they are the values of one column of the rows
that an earlier statement gave. Only digests of the first rows are kept.
"""

from __future__ import annotations

from .shapes import digests

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

    Key = tuple[int, int]

#: Rows of a parent whose values are kept, columns of them, parents of a lane, parameters that are looked at.
HEAD = 24
_COLUMNS = 24
_PARENTS = 8
_VALUES = 6
#: Share of the first parameters that must be values of the column, and of the column that must have been asked for.
_SAME, _COVERED = 0.9, 0.5
#: Runs for so many of the parent's rows; what an ORM loads late may be asked for once for several rows.
_RATIO = 0.5


class Link:
    """The runs of one statement behind one run of another."""

    __slots__ = ("count", "lazy", "ns", "seen")

    def __init__(self) -> None:
        self.count = self.ns = 0
        self.lazy = True
        self.seen: list[dict[int, None]] = [{} for _ in range(_VALUES)]

    def add(self, values: tuple[int, ...], *, lazy: bool) -> None:
        """Count a run with these parameters."""
        self.count += 1
        self.lazy = self.lazy and lazy
        for at, value in enumerate(values[:_VALUES]):
            seen = self.seen[at]
            if len(seen) < HEAD:
                seen[value] = None


class Head:
    """The first rows of a run, as digests, and the statements that followed."""

    __slots__ = ("born", "links", "rows", "seen")

    def __init__(self, born: int) -> None:
        self.born = born
        self.rows: list[tuple[int, ...]] = []
        self.seen = 0
        self.links: dict[Key, Link] = {}

    def take(self, rows: Any) -> None:
        """Keep what is needed of rows that were read."""
        self.seen += len(rows)
        left = HEAD - len(self.rows)
        if left <= 0:
            return
        for row in rows[:left]:
            cells = row.values() if isinstance(row, dict) else row
            try:
                self.rows.append(digests(tuple(cells)[:_COLUMNS]))
            except Exception:  # noqa: BLE001 - a row factory may make anything
                return

    def followers(self) -> list[tuple[Key, int, int, int, bool]]:
        """Return (statement, runs, nanoseconds, rows, lazy) of those that were run for the rows, one by one."""
        if not self.links or len(self.rows) < 2:
            return []
        columns = [dict.fromkeys(column) for column in zip(*self.rows)]
        return [
            (key, link.count, link.ns, self.seen, link.lazy)
            for key, link in self.links.items()
            if link.count > 1 and (link.lazy or link.count >= _RATIO * self.seen) and _for_rows(link, columns)
        ]


def _for_rows(link: Link, columns: list[dict[int, None]]) -> bool:
    """Say whether a parameter takes the values of a column, one after the other."""
    for seen in link.seen:
        if len(seen) < 2:
            continue
        for column in columns:
            first = list(seen)[: len(column)]
            same = sum(value in column for value in first)
            if same >= 2 and same >= _SAME * len(first) and same >= _COVERED * len(column):
                return True
    return False


class Lane:
    """One thread or task: its last statements that gave rows, and what follows them."""

    __slots__ = ("parents", "unit")

    def __init__(self, unit: Any) -> None:
        self.parents: dict[Key, Head] = {}
        self.unit = unit

    def ran(
        self, key: Key, values: tuple[int, ...], now: int, *, lazy: bool
    ) -> tuple[Head, list[Link], list[tuple[Key, Head]]]:
        """Note a reading statement; returns its own head, the links that it counts in, and the heads that are over."""
        links: list[Link] = []
        for parent, head in self.parents.items():
            if parent == key or not head.seen or not values:
                continue
            link = head.links.get(key)
            if link is None:
                link = head.links[key] = Link()
            link.add(values, lazy=lazy)
            links.append(link)
        over: list[tuple[Key, Head]] = []
        before: Head | None = self.parents.get(key)
        if before is not None:
            over.append((key, before))
        elif len(self.parents) >= _PARENTS:
            # One that nothing was run for goes first: statements that come once must not drive out a loop's parent.
            oldest = next((one for one, head in self.parents.items() if not head.links), next(iter(self.parents)))
            over.append((oldest, self.parents.pop(oldest)))
        head = self.parents[key] = Head(now)
        return head, links, over
