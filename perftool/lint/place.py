"""Where a finding stands: what its file did before it, and what the project's definitions add up to."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perftool.lint.new_columns import fails
from perftool.lint.paths import is_down, is_migration, is_seed
from perftool.sql import actions as act

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from perftool.lint.api import Finding
    from perftool.lint.project import Project


def outside_tests(finding: Finding, place: Place) -> Finding | None:
    """Return the finding unless it stands in tests, fixtures or seeds, where nobody waits: a judge."""
    return None if place.is_seed else finding


@dataclass(slots=True)
class FileState:
    """What a file has done so far: it changes from statement to statement.

    ``created`` are tables and materialized views made in this file (temporary ones are in ``temporary`` as well),
    ``dropped`` tables that it dropped. ``in_transaction``: since BEGIN, or always where the runner wraps files.
    ``options`` are the session's settings made so far (``lock_timeout``). ``down``: this part of the file takes a
    migration back. ``checks`` holds the texts of CHECK constraints by table and name, ``validated`` names those that
    hold for all rows. ``empty`` are tables without rows: emptied here, or given a column that others refuse; each
    name with the schemas that it was given with.
    """

    created: set[act.Name] = field(default_factory=set)
    temporary: set[act.Name] = field(default_factory=set)
    dropped: set[act.Name] = field(default_factory=set)
    empty: dict[str, set[str]] = field(default_factory=dict)
    in_transaction: bool = False
    transaction_began: bool = False
    options: dict[str, str] = field(default_factory=dict)
    down: bool = False
    checks: dict[tuple[act.Name, str], str] = field(default_factory=dict)
    validated: set[tuple[act.Name, str]] = field(default_factory=set)
    statements: int = 0


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
        self.file = FileState(down=is_down(path), in_transaction=self.runner.get("transaction") == "file")
        self.memory: dict[str, object] = {}

    @property
    def project(self) -> Project:
        """What the definitions of the project add up to."""
        if self._project is None:
            self.guessed = True
            return _nothing()
        return self._project

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
        created = self.file.created
        return table in created or (
            any(table.name == made.name for made in created) and (not table.schema or act.Name(table.name) in created)
        )

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

    def advance(self, actions: Iterable[act.AnyAction]) -> None:
        """Take note of what a statement did, after its rules have run."""
        self.file.statements += 1
        for action in actions:
            if isinstance(action, (act.Truncate, act.Write, act.AddColumn)):
                self._note_rows(action)
            else:
                self._note(action)

    def _note_rows(self, action: act.Truncate | act.Write | act.AddColumn) -> None:
        emptied: tuple[act.Name, ...] = ()
        if isinstance(action, act.Truncate):
            emptied = action.tables
        elif isinstance(action, act.AddColumn):
            if self.dialect != "mysql" and fails(action.column):
                # What follows runs only where this has not failed.
                emptied = (action.table,)
        elif action.verb == "delete" and not action.where:
            emptied = (action.table,)
        elif action.verb not in ("delete", "update"):
            self._fill(action.table)
        for name in emptied:
            self.file.empty.setdefault(name.name, set()).add(name.schema)

    def _fill(self, table: act.Name) -> None:
        schemas = self.file.empty.get(table.name)
        if schemas is not None:
            schemas -= {"", table.schema} if table.schema else set(schemas)

    def _note(self, action: act.AnyAction) -> None:
        state = self.file
        if isinstance(action, act.CreateTable):
            state.created.add(action.table)
            state.dropped.discard(action.table)
            if action.temporary:
                state.temporary.add(action.table)
        elif isinstance(action, act.CreateOther) and action.kind == "materialized view" and action.name:
            state.created.add(action.name)
        elif isinstance(action, act.Drop) and action.kind == "table":
            for name in action.names:
                state.created.discard(name)
                state.dropped.add(name)
        elif isinstance(action, act.Rename) and action.kind == "table" and action.table is not None:
            if self.is_new(action.table):
                state.created.add(act.Name(action.new, action.table.schema))
        elif isinstance(action, act.Transaction):
            state.in_transaction = action.step == "begin" or self.runner.get("transaction") == "file"
            state.transaction_began = action.step == "begin"
        elif isinstance(action, act.SetOption):
            state.options[action.name] = action.value
        elif isinstance(action, act.AddConstraint) and action.constraint.kind == "check":
            key = (action.table, action.constraint.name)
            state.checks[key] = action.constraint.check
            if not action.constraint.not_valid:
                state.validated.add(key)
        elif isinstance(action, act.ValidateConstraint):
            state.validated.add((action.table, action.name))


@functools.cache
def _nothing() -> Project:
    """Return a project in which nothing is defined."""
    from perftool.lint.project import Project

    return Project()
