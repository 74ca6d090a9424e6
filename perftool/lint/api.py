"""What a rule is: the only module that a rule file needs beside ``perftool.sql`` and ``queries``.

A rule has up to three parts. ``nodes`` look at one statement's tree and know nothing else, so what they find can be
kept with the statement's text. ``judge`` looks again at each of those findings when file and project are known, and
may drop or change it. ``actions`` look at what statements do to the schema or the session, in the order of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import msgspec

from perftool.model.diagnostic import Severity
from perftool.sql.actions import Action
from perftool.sql.nodes import Node

RuleSet = Literal["all", "oltp", "warehouse", "migration", "extra"]
"""When a rule runs: always, for row stores, for warehouses, for files of migrations, or only when selected."""

ROW_STORES: Final = frozenset({"", "postgres", "mysql", "tsql", "oracle", "sqlite", "materialize", "risingwave"})
WAREHOUSES: Final = frozenset(
    {"bigquery", "snowflake", "redshift", "databricks", "spark", "spark2", "hive", "trino", "presto", "athena",
     "clickhouse", "duckdb", "doris", "starrocks", "singlestore", "teradata", "exasol", "dremio", "drill", "druid"}
)  # fmt: skip
POSTGRES: Final = frozenset({"postgres"})
MYSQL: Final = frozenset({"mysql"})

Fact: TypeAlias = str | int | bool | tuple[str, ...]


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """Replace the characters ``start`` to ``end`` (half-open, from the statement's start) by ``text``."""

    start: int
    end: int
    text: str


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a rule found, in characters from the statement's start.

    ``message`` says what it costs or breaks here, in one clause without a capital or a full stop. ``help`` is what
    to write instead: SQL where it is known, else one imperative sentence. ``edits`` make it so; unless ``safe`` they
    are applied only when asked for. ``severity`` None is the rule's own. ``facts`` are what ``judge`` needs to know.
    """

    start: int
    end: int
    message: str
    help: str = ""
    edits: tuple[Edit, ...] = ()
    safe: bool = True
    severity: Severity | None = None
    facts: dict[str, Fact] = {}


@dataclass(frozen=True, slots=True)
class Option:
    """A threshold of a rule that the configuration may set: ``[lint.options] NAME = 3``."""

    name: str
    default: int
    description: str


# The second argument of each is a ``Statement`` or a ``Place``, whose modules know this one.
NodeHandler: TypeAlias = Callable[[Node, Any], Iterable[Finding]]
ActionHandler: TypeAlias = Callable[[Action, Any], Iterable[Finding]]
Judge: TypeAlias = Callable[[Finding, Any], Finding | None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. Its documentation is the docstring of its file: summary, Why, Bad, Good, Limits, Source.

    ``code`` is never reused; ``name`` says the pattern found and is the file's name with hyphens. ``dialects`` None
    is all of them. ``fix`` tells the best that it offers: an edit that keeps the meaning (safe), one that may not
    (unsafe), advice alone (hint). ``needs`` tells what it stands on: the text, the definitions in file or project,
    or a complete schema. ``queries``: its ``nodes`` only matter in queries and changes of rows, so that definitions
    need not be walked for it. Handlers are generators or return what they found; most calls should find nothing, fast.
    """

    code: str
    name: str
    severity: Severity
    sets: frozenset[RuleSet]
    dialects: frozenset[str] | None = None
    fix: Literal["safe", "unsafe", "hint", "none"] = "hint"
    needs: Literal["text", "project", "schema"] = "text"
    nodes: Mapping[type[Node], NodeHandler] = field(default_factory=dict)
    queries: bool = False
    judge: Judge | None = None
    actions: Mapping[type[Action], ActionHandler] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
