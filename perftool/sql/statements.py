"""What is known of one statement: type, digest, tables, columns, tokens; what is wrong with it is data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.sql.dialects import canonical
from perftool.sql.fingerprint import digest, normal_form
from perftool.sql.kinds import kind_of
from perftool.sql.parsing import UNEXPECTED
from perftool.sql.tokens import lex
from perftool.sql.usage import usage

if TYPE_CHECKING:
    from perftool.sql.pool import ParserPool
    from perftool.sql.source import Statement

UNCLOSED: Final = {
    "string": "a string is never closed",
    "quoted name": "a quoted name is never closed",
    "comment": "a comment is never closed",
    "body": "BEGIN has no END",
}


@dataclass(frozen=True, slots=True)
class Analysis:
    """One statement analysed; ``error`` says in one line why its tables and columns are not known.

    ``digest`` and ``normal`` (the literal-normalised text) are None only when the statement was not read at all.
    """

    kind: str
    digest: str | None = None
    normal: str | None = None
    tokens: int | None = None
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    error: str | None = None


def analyse(text: str, dialect: str, pool: ParserPool, *, fault: str = "") -> Analysis:
    """Analyse one statement; a bad one costs nothing but itself.

    ``fault`` is what the splitter found unclosed. raises: UsageError for an unknown dialect, nothing else.
    """
    tokens = list(lex(text, canonical(dialect)))
    normal = normal_form(tokens)
    kind = kind_of(tokens)
    known = Analysis(kind=kind, digest=digest(normal), normal=normal, tokens=len(tokens))
    problem = UNCLOSED.get(fault, fault) or ("it holds a NUL byte" if "\0" in text else "")
    if not problem:
        try:
            with pool.parser(dialect) as parser:
                found = usage(parser.parse_one(text))
        except InputError as error:
            problem = error.message
        except UNEXPECTED as error:
            # sqlglot builds trees of damaged text that break its own accessors.
            problem = f"its tree cannot be read ({type(error).__name__})"
        else:
            return Analysis(kind, known.digest, normal, len(tokens), found.tables, found.columns)
    return Analysis(kind, known.digest, normal, len(tokens), error=problem)


def analyse_statement(statement: Statement, dialect: str, pool: ParserPool, *, max_statement: int) -> Analysis:
    """Analyse one statement of a file; one over the limit is reported, not read."""
    if statement.text is None:
        size = statement.end - statement.start
        return Analysis(kind="UNKNOWN", error=f"{size:,} bytes, over the limit of {max_statement:,}: not analysed")
    return analyse(statement.text, dialect, pool, fault=statement.fault)
