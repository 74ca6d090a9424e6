"""What differs between the dialects below the grammar: quotes, comments, and the lines meant for a client program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

Client = Literal["psql", "delimiter", "go", "slash", "dot"]


@dataclass(frozen=True, slots=True)
class Lexis:
    """The lexical habits of one dialect.

    ``backslash``: ``\\'`` does not end a string. ``double_quoted_strings``: ``"…"`` is a string and no identifier.
    ``dollar``: ``$tag$…$tag$`` strings with any tag, only ``$$``, or none. ``escape_strings``: ``E'…'`` takes
    backslashes where other strings do not. ``q_quotes``: ``q'[…]'``. ``blocks``: bodies run from BEGIN to END
    and hold semicolons of their own. ``clients``: the programs whose own commands may stand in a file.
    """

    line_comments: tuple[str, ...] = ("--",)
    dash_needs_space: bool = False
    nested_comments: bool = True
    backslash: bool = False
    double_quoted_strings: bool = False
    backticks: bool = False
    brackets: bool = False
    triple_quotes: bool = False
    dollar: Literal["none", "plain", "tagged"] = "none"
    escape_strings: bool = False
    q_quotes: bool = False
    clients: frozenset[Client] = frozenset()


_ANSI: Final = Lexis()
_GENERIC: Final = Lexis(
    backticks=True, dollar="tagged", escape_strings=True, clients=frozenset({"psql", "delimiter", "go", "slash"})
)
_POSTGRES: Final = Lexis(dollar="tagged", escape_strings=True, clients=frozenset({"psql"}))
_MYSQL: Final = Lexis(
    line_comments=("--", "#"),
    dash_needs_space=True,
    nested_comments=False,
    backslash=True,
    double_quoted_strings=True,
    backticks=True,
    clients=frozenset({"delimiter"}),
)
_HIVE: Final = Lexis(backslash=True, double_quoted_strings=True, backticks=True)
_TSQL: Final = Lexis(brackets=True, clients=frozenset({"go"}))
_TRINO: Final = Lexis(nested_comments=False)

_LEXES: Final[dict[str, Lexis]] = {
    "": _GENERIC,
    "athena": replace(_TRINO, backticks=True),
    "bigquery": Lexis(
        line_comments=("--", "#"),
        nested_comments=False,
        backslash=True,
        double_quoted_strings=True,
        backticks=True,
        triple_quotes=True,
    ),
    "clickhouse": Lexis(line_comments=("--", "#"), backslash=True, backticks=True, dollar="tagged"),
    "databricks": _HIVE,
    "doris": _MYSQL,
    "dremio": Lexis(line_comments=("--", "//")),
    "drill": Lexis(backticks=True),
    "duckdb": Lexis(dollar="tagged", escape_strings=True, clients=frozenset({"dot"})),
    "dune": _TRINO,
    "exasol": Lexis(brackets=True, clients=frozenset({"slash"})),
    "fabric": _TSQL,
    "hive": _HIVE,
    "materialize": _POSTGRES,
    "mysql": _MYSQL,
    "oracle": Lexis(nested_comments=False, q_quotes=True, clients=frozenset({"slash"})),
    "postgres": _POSTGRES,
    "presto": _TRINO,
    "redshift": replace(_POSTGRES, backslash=True),
    "risingwave": _POSTGRES,
    "singlestore": _MYSQL,
    "snowflake": Lexis(line_comments=("--", "//"), nested_comments=False, backslash=True, dollar="plain"),
    "spark": _HIVE,
    "spark2": _HIVE,
    "sqlite": Lexis(nested_comments=False, brackets=True, backticks=True, clients=frozenset({"dot"})),
    "starrocks": _MYSQL,
    "trino": _TRINO,
    "tsql": _TSQL,
}


def lexis(dialect: str) -> Lexis:
    """Return the lexical habits of a canonical dialect name; those of standard SQL where nothing else is known."""
    return _LEXES.get(dialect, _ANSI)
