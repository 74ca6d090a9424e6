"""Where a finding stands: what its file did before it, and what the project's definitions add up to."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from perftool.lint.file_state import FileState
from perftool.lint.paths import is_down, is_migration, is_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from perftool.lint.api import Finding
    from perftool.lint.project import Project
    from perftool.sql import actions as act


def outside_tests(finding: Finding, place: Place) -> Finding | None:
    """Return the finding unless it stands in tests, fixtures or seeds, where nobody waits: a judge."""
    return None if place.is_seed else finding


class Place:
    """What a rule knows when it judges: ``statement`` counts from 0 in the file, ``kind`` is the statement's type.

    ``position`` counts the statements that are judged, those that could not be analysed left out.

    ``memory`` is the rule's own, empty at the start of each file, for what it must remember from one statement to
    the next. ``options`` are thresholds of rules; ``runner`` what the configuration says of the migration runner
    ("transaction", "lock_timeout"). Where no ``project`` is given, an empty one stands for it, and ``guessed`` tells
    afterwards whether anything was asked of it.
    """

    def __init__(
        self,
        path: str,
        dialect: str,
        project: Project | None,
        *,
        options: Mapping[str, int] | None = None,
        runner: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        self.dialect = dialect
        self._project = project.near(path) if project is not None else None
        self.guessed = False
        self.options = options or {}
        self.runner = runner or {}
        self.kind = ""
        self.statement = 0
        self.position = 0
        #: What a comment before the statement tells sqlc to make of it ("one", "many", "exec"); "" without one.
        self.command = ""
        #: What the statements behind this one do, in the order of the file. cost: as many as are looked at.
        self.later: Callable[[], Iterator[act.AnyAction]] = lambda: iter(())
        #: The statement's actions, the one that a handler is called with among them.
        self.actions: tuple[act.AnyAction, ...] = ()
        self.file = FileState(dialect, down=is_down(path), wrapped=self.runner.get("transaction") == "file")
        self._memories: dict[str, dict[str, object]] = {}
        #: The code of the rule that is asked.
        self.rule = ""

    @property
    def project(self) -> Project:
        """What the definitions of the project add up to."""
        if self._project is None:
            self.guessed = True
            return _nothing()
        return self._project

    @property
    def memory(self) -> dict[str, object]:
        """What the rule that is asked has noted in this file."""
        return self._memories.setdefault(self.rule, {})

    @functools.cached_property
    def is_seed(self) -> bool:
        """Whether the file is one of seed data, fixtures or tests."""
        return is_seed(self.path)

    @functools.cached_property
    def is_migration(self) -> bool:
        """Whether the file lies where migrations lie."""
        return is_migration(self.path)

    def is_new(self, table: act.Name) -> bool:
        """Say whether ``table`` was made earlier in this file: nobody uses it yet, and it holds no rows to speak of."""
        return self.file.is_new(table)

    def is_temporary(self, table: act.Name) -> bool:
        """Say whether ``table`` is a temporary one of this file, or named like one (#name, pg_temp.name)."""
        return (
            table.name.startswith("#")
            or table.schema in ("pg_temp", "temp", "tempdb.")
            or any(table.name == made.name for made in self.file.temporary)
        )

    def is_empty(self, table: act.Name) -> bool:
        """Say whether ``table`` surely holds no rows at this point of the file."""
        schemas = self.file.empty.get(table.name, ())
        return bool(schemas) and (not table.schema or "" in schemas or table.schema in schemas)


@functools.cache
def _nothing() -> Project:
    """Return a project in which nothing is defined."""
    from perftool.lint.project import Project

    return Project()
