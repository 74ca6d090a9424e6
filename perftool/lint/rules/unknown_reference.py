"""Find columns that their source does not have.

Why: the statement fails when it runs, or in a subquery silently reads a column of the outer query instead.
Bad: WITH x AS (SELECT a FROM t) SELECT b FROM x
Good: WITH x AS (SELECT a FROM t) SELECT a FROM x
Limits: only for common tables and derived tables whose columns are all named, without a star, and for tables of a
schema that was given. A column without its table's name is judged only where every source that it may come from, also
of the outer queries, is known, and where no variable may be meant (BigQuery, functions). Aliases, pseudo-columns, whole
rows, fields of structures, PIVOT and templates are left alone.
Source: ISO/IEC 9075-2, 6.6 <identifier chain>, syntax rules
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from perftool.lint import queries
from perftool.lint.api import Finding, Option, Rule
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.place import Place
    from perftool.lint.queries import Source
    from perftool.lint.statement import Statement

# A bare word may be a variable of the script or an argument of the function.
_VARIABLES: Final = frozenset({"bigquery", "databricks"})
_BODIED: Final = ("CREATE FUNCTION", "CREATE PROCEDURE", "CREATE TRIGGER", "CREATE MACRO", "DECLARE", "BEGIN")
_OPTION: Final = "check-columns-of-tables"
_PSEUDO: Final = frozenset(
    {"rowid", "oid", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "rownum", "level", "ora_rowscn", "sysdate",
     "systimestamp", "uid", "user", "current_user", "session_user", "current_date", "current_time", "current_timestamp",
     "localtime", "localtimestamp", "nextval", "currval", "all", "default", "value", "values", "new", "old", "excluded",
     "inserted", "deleted", "offset", "ordinality", "unknown", "sqlcode", "sqlerrm", "connect_by_isleaf", "identitycol",
     "rowguidcol", "true", "false", "year", "quarter", "month", "week", "day", "hour", "minute", "second",
     "millisecond", "microsecond", "dow", "doy", "epoch", "isodow", "isoyear", "century", "decade", "timezone",
     "weekday", "dayofweek"}
)  # fmt: skip
_WORDS: Final = (exp.Anonymous, exp.AnonymousAggFunc, exp.Kwarg, exp.PropertyEQ, exp.Interval, exp.Lambda, exp.Pivot)
_NAMING: Final = frozenset({exp.With, exp.Subquery})
_SEEN: Final = "perftool.unknown"
_MOST_SHOWN: Final = 6


def _query(node: Node, at: Statement) -> Iterable[Finding]:
    # Without common and derived tables nothing is known but what a schema tells.
    if (not at.nests or at.classes.isdisjoint(_NAMING)) and not at.options.get(_OPTION):
        return ()
    if at.replaced:
        return ()
    found = queries.sources(node)
    known = _are_known(found, at) or _sees_known(node, at)
    return _columns(node, found, at) if known and queries.PIPE not in at.text else ()


def _columns(node: Node, found: tuple[Source, ...], at: Statement) -> Iterator[Finding]:
    complete = found and (all(source.columns is not None for source in found) or _is_one_table(found, at))
    bare = complete and at.dialect not in _VARIABLES and not at.kind.startswith(_BODIED)
    held: frozenset[str] = frozenset().union(*[_known(source) or () for source in found]) if bare else frozenset()
    meant: dict[str, _Meant | None] = {}
    for column in at.own_columns(node):
        args = column.args
        qualifier = args.get("table")
        if args.get("db") is not None or not isinstance(args["this"], exp.Identifier):
            continue
        if qualifier is not None:
            word = queries.identifier(qualifier)
            if word not in meant:
                meant[word] = _meant(word, node, at)
            of = meant[word]
            if of is not None:
                yield from _qualified(column, word, of, at)
        elif bare and args["this"].name.lower() not in held:
            yield from _bare(column, node, at)


def _are_known(found: tuple[Source, ...], at: Statement) -> bool:
    return bool(at.options.get(_OPTION)) or any(s.columns is not None and s.kind in ("cte", "derived") for s in found)


def _sees_known(query: Node, at: Statement) -> bool:
    above = queries.outer_of(query)
    while above is not None:
        if _are_known(queries.sources(above), at):
            return True
        above = queries.outer_of(above)
    return False


def _is_one_table(found: tuple[Source, ...], at: Statement) -> bool:
    return len(found) == 1 and found[0].kind == "table" and bool(at.options.get(_OPTION))


class _Meant(NamedTuple):
    """What a qualifier stands for: a source, the query that reads it, and its columns where these are known."""

    source: Source
    query: Node
    columns: frozenset[str] | None


def _meant(qualifier: str, query: Node, at: Statement) -> _Meant | None:
    """Return what the columns with a qualifier are columns of, if it is one that may lack some."""
    above: Node | None = query
    while above is not None:
        fitting = [source for source in queries.sources(above) if queries.alike(source.name, qualifier)]
        if fitting:
            source = fitting[0]
            columns = _known(source)
            lacks = columns is not None or (source.kind == "table" and bool(at.options.get(_OPTION)))
            return _Meant(source, above, columns) if lacks and len(fitting) == 1 else None
        above = queries.outer_of(above)
    return None


def _qualified(node: Node, qualifier: str, of: _Meant, at: Statement) -> Iterable[Finding]:
    name = queries.identifier(node.this)
    if of.columns is not None and (name.lower() in of.columns or "" in of.columns):
        return ()
    if name.lower() in _PSEUDO or not _is_first(f"{qualifier}.{name}", of.query):
        return ()
    return (_found(node, [of.source], at),)


def _bare(node: Node, query: Node, at: Statement) -> Iterator[Finding]:
    name = queries.identifier(node.this)
    if name.lower() in _PSEUDO or name.startswith(("_", "$", "@")) or isinstance(node.parent, _WORDS):
        return
    # SQLite takes a quoted name that no table has for a string.
    if at.dialect == "sqlite" and node.this.args.get("quoted"):
        return
    candidates: list[Source] = []
    above: Node | None = query
    while above is not None:
        found = queries.sources(above)
        candidates += found
        if any(not _lacks(source, name, at) for source in found):
            return
        if any(queries.alike(source.name, name) for source in found) or _is_given(above, name):
            return
        if not isinstance(above, exp.Select) and above is not query:
            return
        above = queries.outer_of(above)
    # The arguments of lambdas are words. Few names come so far, so this is asked last.
    if candidates and node.find_ancestor(exp.Lambda, exp.Pivot) is None and _is_first(name, query):
        yield _found(node, candidates, at)


def _is_first(name: str, query: Node) -> bool:
    """Say whether a name is met for the first time in a query: one finding for each is enough."""
    seen = query.meta.setdefault(_SEEN, set())
    if name in seen:
        return False
    seen.add(name)
    return True


def _lacks(source: Source, name: str, at: Statement) -> bool:
    """Say whether a source surely has no such column; for a table it is left to the schema."""
    columns = _known(source)
    if columns is not None:
        return name.lower() not in columns and "" not in columns
    return source.kind == "table" and bool(at.options.get(_OPTION))


def _known(source: Source) -> frozenset[str] | None:
    """Return the columns of a common or derived table in lower case, None where they are not known."""
    return _lowered(source.columns) if source.columns is not None and source.kind in ("cte", "derived") else None


@functools.lru_cache(maxsize=16)
def _lowered(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str.lower, names))


def _is_given(query: Node, name: str) -> bool:
    """Say whether a name stands for something else in a query: an alias of its list, a named window, a USING column."""
    if not isinstance(query, exp.Select):
        return True
    if name.lower() in queries.output_names(query):
        return True
    joins = query.args.get("joins") or ()
    return any(queries.alike(queries.identifier(one), name) for join in joins for one in join.args.get("using") or ())


def _found(node: Node, sources: list[Source], at: Statement) -> Finding:
    tables = tuple(f"{s.table.schema} {s.table.name}" for s in sources if s.table is not None)
    own = [column for source in sources for column in source.columns or ()]
    shown = ", ".join(own[:_MOST_SHOWN]) + (" …" if len(own) > _MOST_SHOWN else "")
    name = at.source(node.this)
    if len(sources) == 1:
        message = f"{sources[0].name or 'the subquery'} has no column {name}: the statement fails"
    else:
        message = f"none of {', '.join(s.name for s in sources if s.name)} has a column {name}: the statement fails"
    return at.found(
        node,
        message,
        help=f"its columns are {shown}" if shown else "",
        facts={"tables": tables, "column": queries.identifier(node.this)},
    )


def _judge(finding: Finding, place: Place) -> Finding | None:
    """Keep what stands on tables only where the schema knows each of them and none has the column."""
    tables = finding.facts["tables"]
    if not isinstance(tables, tuple) or not tables:
        return finding
    if not place.project.schema_given:
        return None
    name = str(finding.facts["column"])
    known: list[str] = []
    for text in tables:
        schema, _, table_name = text.rpartition(" ")
        table = place.project.table(Name(table_name, schema))
        if table is None or not table.complete or any(queries.alike(column, name) for column in table.columns):
            return None
        known += table.columns
    if finding.help:
        return finding
    return msgspec.structs.replace(finding, help=f"its columns are {', '.join(known[:_MOST_SHOWN])}")


RULE = Rule(
    code="COR015",
    name="unknown-reference",
    severity="error",
    sets=frozenset({"all"}),
    fix="none",
    needs="project",
    queries=True,
    nodes={exp.Select: _query, exp.Update: _query, exp.Delete: _query, exp.Merge: _query},
    judge=_judge,
    options=(
        Option(_OPTION, 0, "1: also check the columns of tables, which only a complete schema can tell (--schema)"),
    ),
)
