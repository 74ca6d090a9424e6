"""Check SQL texts in this process: for tests, editors, batches and other programs.

Texts go the way of files: templates, sections and comments count. What is missing is what lies around a file: a cache,
models that dbt compiled, settings of projects; and the dialect is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint import catalog
from perftool.lint.analysis import Analyser
from perftool.lint.diagnosing import Diagnoser
from perftool.lint.filework import assembled, defined, too_long
from perftool.lint.judging import Judged, judge
from perftool.lint.loading import load
from perftool.lint.paths import is_migration
from perftool.lint.place import Place
from perftool.lint.project import Project
from perftool.lint.rulebook import Rulebook
from perftool.sql.dialects import canonical
from perftool.sql.source import MAX_STATEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from perftool.lint.api import Rule, RuleSet
    from perftool.lint.judged_file import JudgedFile
    from perftool.lint.records import FileRecord


class Checker:
    """Checks one text after the other with the rules that suit ``dialect`` and a text's path.

    raises: UsageError for an unknown dialect.
    """

    def __init__(self, dialect: str = "") -> None:
        everything = catalog.rules()
        self._analyser = Analyser(canonical(dialect), list(everything.values()))
        self._diagnoser = Diagnoser(Rulebook(everything, everything))

    def check(self, text: str, path: str = "") -> JudgedFile:
        """Return what is found in a text that is a project by itself; a part that cannot be parsed costs one finding.

        What the text defines is known to its rules. raises: InputError when it cannot be text.
        """
        sets = catalog.sets_for(self._analyser.dialect, migration=is_migration(path))
        record = _read(text, path, self._analyser, tuple(sorted(sets)))
        project = Project()
        made = defined(record)
        if made is not None:
            project.add(made, path)
        judged = self._diagnoser.diagnose(record, project)
        assert judged is not None, "with a project nothing is left open"
        return judged


def check(
    texts: Mapping[str, str],
    dialect: str = "",
    *,
    rules: Iterable[Rule] | None = None,
    sets: frozenset[RuleSet] | None = None,
    options: Mapping[str, int] | None = None,
    runner: Mapping[str, str] | None = None,
    schema: str = "",
) -> dict[str, list[Judged]]:
    """Return what is found in each of ``texts`` (path → SQL), which together make up a project, silenced or not.

    ``rules`` run whatever their sets are; without them those of ``sets`` run, or those that dialect and path suggest.
    ``schema`` is SQL that only defines tables. raises: UsageError for an unknown dialect.
    """
    name = canonical(dialect)
    project = Project(schema_given=bool(schema))
    everything = dict(catalog.rules()) if rules is None else {rule.code: rule for rule in rules}
    analyser = Analyser(name, list(everything.values()), options)
    book = Rulebook(everything, everything, options=options, runner=runner)
    if schema:
        for statement in _read(schema, "", analyser).statements:
            project.take(statement.record.actions)
    files = {path: _read(text, path, analyser) for path, text in texts.items()}
    for path, record in files.items():
        made = defined(record)
        if made is not None:
            project.add(made, path)
    found: dict[str, list[Judged]] = {}
    for path, record in files.items():
        chosen = everything
        if rules is None:
            chosen = book.applying(name, sets or catalog.sets_for(name, migration=is_migration(path)))
        place = Place(path, name, project, options=book.options, runner=book.runner)
        found[path] = list(judge(record.statements, place, chosen, record.sections, record.commands))
    return found


def _read(text: str, path: str, analyser: Analyser, sets: tuple[str, ...] = ()) -> FileRecord:
    """Return what is known of a text as the file called ``path``, as a worker would find it out."""
    data = text.encode("utf-8", "surrogatepass")
    loaded = load(data, path, analyser.dialect, max_statement=MAX_STATEMENT)
    records = [
        too_long(one.end - one.start, MAX_STATEMENT)
        if one.work is None
        else analyser.analyse(one.work.text, fault=one.work.fault, replaced=one.work.replaced, unit=one.work.unit)
        for one in loaded.statements
    ]
    return assembled(loaded, records, sets, data)
