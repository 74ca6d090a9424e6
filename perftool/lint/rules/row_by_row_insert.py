"""Find runs of INSERTs with one row each.

Why: each statement is parsed, planned, sent and often committed alone; one INSERT with many rows, or a bulk load, is
many times faster.
Bad:
  INSERT INTO t (a) VALUES (1); INSERT INTO t (a) VALUES (2); INSERT INTO t (a) VALUES (3);
  INSERT INTO t (a) VALUES (4); INSERT INTO t (a) VALUES (5); INSERT INTO t (a) VALUES (6);
  INSERT INTO t (a) VALUES (7); INSERT INTO t (a) VALUES (8); INSERT INTO t (a) VALUES (9);
  INSERT INTO t (a) VALUES (10); INSERT INTO t (a) VALUES (11); INSERT INTO t (a) VALUES (12);
  INSERT INTO t (a) VALUES (13); INSERT INTO t (a) VALUES (14); INSERT INTO t (a) VALUES (15);
  INSERT INTO t (a) VALUES (16); INSERT INTO t (a) VALUES (17); INSERT INTO t (a) VALUES (18);
  INSERT INTO t (a) VALUES (19); INSERT INTO t (a) VALUES (20)
Good: INSERT INTO t (a) VALUES (1), (2), (3)
Limits: 20 in a row or more (the option row-by-row-inserts), into one table; one finding for each run, at the statement
that completes it. Silent for seeds, fixtures and tests, and in migrations, whose rows are few and come once.
Source: PostgreSQL manual, 14.4, "Populating a Database"; MySQL manual, 10.2.5.1, "Optimizing INSERT Statements"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Finding, Option, Rule
from perftool.sql.actions import Action, Write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

_FEWEST: Final = "row-by-row-inserts"
_DEFAULT: Final = 20
_LONGEST: Final = 1000


def _write(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Write)
    if action.verb != "insert" or action.rows != 1 or place.is_seed or place.is_migration:
        return
    memory = place.memory
    count = 1
    if memory.get("table") == action.table and memory.get("statement") == place.statement - 1:
        count += int(str(memory["count"]))
    memory.update(table=action.table, statement=place.statement, count=count)
    if count == place.options.get(_FEWEST, _DEFAULT):
        yield Finding(
            start=action.start,
            end=min(action.end, action.start + _LONGEST),
            message=f"is the {_ordinal(count)} INSERT in a row with one row for {action.table}, each planned alone",
            help="one INSERT with many rows, VALUES (…), (…), …, or a bulk load",
        )


def _ordinal(number: int) -> str:
    last = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


RULE = Rule(
    code="PERF003",
    name="row-by-row-insert",
    severity="warning",
    sets=frozenset({"all"}),
    fix="hint",
    actions={Write: _write},
    options=(Option(_FEWEST, _DEFAULT, "how many INSERTs of one row may stand in a row, at the least, for a finding"),),
)
