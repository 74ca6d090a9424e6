"""Check SQL texts in this process, as one project: for tests, editors and other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint import catalog
from perftool.lint.analysis import Analyser
from perftool.lint.judging import Judged, judge
from perftool.lint.place import Place, is_down, is_migration
from perftool.lint.project import Project
from perftool.lint.records import Placed
from perftool.lint.rulebook import thresholds
from perftool.sql.dialects import canonical
from perftool.sql.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from perftool.lint.api import Rule, RuleSet


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
    """Return what is found in each of ``texts`` (path → SQL), which together make up a project.

    ``rules`` run whatever their sets are; without them those of ``sets`` run, or those that dialect and path suggest.
    ``schema`` is SQL that only defines tables. raises: UsageError for an unknown dialect.
    """
    name = canonical(dialect)
    project = Project(schema_given=bool(schema))
    everything = dict(catalog.rules()) if rules is None else {rule.code: rule for rule in rules}
    analyser = Analyser(name, list(everything.values()), options)
    if schema:
        for statement in _placed(schema, analyser):
            project.take(statement.record.actions)
    files = {path: _placed(text, analyser) for path, text in texts.items()}
    for path, statements in files.items():
        # What takes a migration back is not what the project adds up to.
        for statement in statements if not is_down(path) else ():
            project.take(statement.record.actions, path)
            project.count_filters(statement.record.filters)
    found: dict[str, list[Judged]] = {}
    for path, statements in files.items():
        chosen = everything
        if rules is None:
            chosen = catalog.applying(everything, name, sets or catalog.sets_for(name, migration=is_migration(path)))
        place = Place(path, name, project, options=thresholds(list(everything.values()), options), runner=runner)
        found[path] = list(judge(statements, place, chosen))
    return found


def _placed(text: str, analyser: Analyser) -> list[Placed]:
    source = Source.of(text.encode("utf-8", "surrogatepass"), name="text")
    return [
        Placed(one.start, one.end, one.line, one.column, analyser.analyse(one.text or "", fault=one.fault))
        for one in source.statements(analyser.dialect)
    ]
