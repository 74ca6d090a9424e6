"""Whose database a file is about: one repository may hold several, with tables of the same names.

Definitions in folders beside each other (examples, services, test cases) are different databases, those in one folder
or below it are one. A folder of migrations is one database, however deep its files lie.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from perftool.lint.paths import is_seed

_MIGRATIONS: Final = re.compile(
    r"(?:^|/)(?:migrations?|migrate|changelog|changes|versions|flyway|liquibase|schema_changes)(?=/)", re.IGNORECASE
)


@functools.lru_cache(maxsize=1024)
def home_of(path: str) -> str:
    """Return the folder that stands for the database of a file (relative, with /); "" at the project's root."""
    folder = path.rpartition("/")[0]
    found = _MIGRATIONS.search(folder + "/")
    return folder[: found.end()] if found is not None else folder


def are_one(home: str, other: str) -> bool:
    """Say whether two homes are the same database: one lies in the other, and not only one of them among tests."""
    if is_seed(home) != is_seed(other):
        return False
    return not home or not other or f"{home}/".startswith(f"{other}/") or f"{other}/".startswith(f"{home}/")


class Beside(dict[str, bool]):
    """Which homes are the same database as ``home``: asked for each table of a name, found out once."""

    def __init__(self, home: str) -> None:
        self._home = home

    def __missing__(self, other: str) -> bool:
        found = self[other] = are_one(self._home, other)
        return found


class Near(dict[str, int]):
    """How near each home is to ``home``, found out when asked: see ``nearness``."""

    def __init__(self, home: str) -> None:
        self._home = home

    def __missing__(self, other: str) -> int:
        found = self[other] = nearness(other, self._home)
        return found


def nearness(home: str, other: str) -> int:
    """Return how many folders two homes have in common, from the root on."""
    count = 0
    for one, two in zip(home.split("/"), other.split("/"), strict=False):
        if one != two or not one:
            break
        count += 1
    return count
