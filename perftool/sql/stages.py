"""Operations on one statement for the benchmarks: tokenise, parse, fingerprint, format, optimise, and the pool.

This module runs inside the measured interpreter, where nothing but sqlglot may be installed: it and all it imports
stand on the standard library and sqlglot alone.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

STAGES: Final = ("tokenize", "parse", "fingerprint", "format", "optimize")
PARSERS: Final = ("plain", "pooled", "cached", "shared")

_LONGEST_QUOTED: Final = 60


def chosen(stage: str) -> tuple[str, ...]:
    """Return the stages that an option names: one of them, or "all".

    raises: UsageError for an unknown stage.
    """
    if stage == "all":
        return STAGES
    if stage not in STAGES:
        raise UsageError(f"no stage named {stage!r}", hint="stages: all, " + ", ".join(STAGES))
    return (stage,)


def stage_parameters(stage: str, dialect: str) -> dict[str, str]:
    """Return the parameters that name a case: parsing in the generic dialect is the plain case and needs none."""
    return ({} if stage == "parse" else {"stage": stage}) | ({"dialect": dialect} if dialect else {})


def work(text: str, dialect: str) -> dict[str, float]:
    """Return the work in one statement by unit: bytes, tokens by perftool's own count, one statement."""
    from perftool.sql.tokens import count_tokens

    size = float(len(text.encode("utf-8", "surrogatepass")))
    return {"B": size, "tokens": float(count_tokens(text, dialect)), "statements": 1.0}


def make(stage: str, text: str, dialect: str = "") -> Callable[[], object]:
    """Return the operation that takes ``text`` through one ``stage``.

    tokenize and parse start from the text (parse includes tokenising), and so does fingerprint; format (tree to
    indented text) and optimize (a copy of the tree through sqlglot's optimiser, without a schema) start from a tree
    parsed beforehand. The operation has run once when this returns: what fails, fails here.
    raises: UsageError for an unknown stage or dialect, InputError when the statement does not pass the stage.
    """
    if stage not in STAGES:
        raise UsageError(f"no stage named {stage!r}", hint="stages: " + ", ".join(STAGES))
    return _proved(_STAGE_MAKERS[stage], text, dialect, stage)


def make_all(stage: str, texts: list[str], dialect: str = "") -> Callable[[], object]:
    """Return the operation that takes all ``texts`` through one ``stage``, one after the other.

    raises: as ``make``.
    """
    operations = [make(stage, text, dialect) for text in texts]

    def run_all() -> None:
        for operation in operations:
            operation()

    return run_all


def make_parser(parser: str, text: str, dialect: str = "") -> Callable[[], object]:
    """Return the operation that parses ``text`` ``plain``, ``pooled``, ``cached`` or ``shared``.

    plain is ``sqlglot.parse_one``; pooled takes a warm parser from a ParserPool; cached finds the statement in a
    StatementCache and copies its tree; shared finds it there and does not copy.
    raises: UsageError for an unknown parser or dialect, InputError when the statement does not parse.
    """
    if parser not in PARSERS:
        raise UsageError(f"no parser named {parser!r}", hint="parsers: " + ", ".join(PARSERS))
    return _proved(_PARSER_MAKERS[parser], text, dialect, "parse")


def _proved(
    maker: Callable[[str, str], Callable[[], object]], text: str, dialect: str, stage: str
) -> Callable[[], object]:
    from perftool.sql.dialects import canonical
    from perftool.sql.parsing import translated
    from perftool.sql.refusing import refuse_too_deep

    # sqlglot logs every statement that it only half understands; that is no part of the work.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    name = canonical(dialect)
    refuse_too_deep(text, name)
    try:
        operation = maker(text, name)
        operation()
    except Exception as error:
        reason = translated(error)
        if isinstance(reason, InputError):
            raise InputError(f"cannot {stage} {_quoted(text)}: {reason.message}") from error
        raise
    return operation


def _quoted(text: str) -> str:
    line = " ".join(text[: 4 * _LONGEST_QUOTED].split())
    return repr(line if len(line) <= _LONGEST_QUOTED else line[: _LONGEST_QUOTED - 1] + "…")


def _tokenize(text: str, dialect: str) -> Callable[[], object]:
    from sqlglot.dialects.dialect import Dialect

    found = Dialect.get_or_raise(dialect)
    return lambda: found.tokenize(text)


def _parse(text: str, dialect: str) -> Callable[[], object]:
    import sqlglot

    parse_one = sqlglot.parse_one
    return lambda: parse_one(text, read=dialect)


def _fingerprint(text: str, dialect: str) -> Callable[[], object]:
    from perftool.sql.fingerprint import fingerprint

    return lambda: fingerprint(text, dialect)


def _format(text: str, dialect: str) -> Callable[[], object]:
    import sqlglot

    tree = sqlglot.parse_one(text, read=dialect)
    return lambda: tree.sql(dialect=dialect, pretty=True)


def _optimize(text: str, dialect: str) -> Callable[[], object]:
    import sqlglot
    from sqlglot.optimizer import optimize

    tree = sqlglot.parse_one(text, read=dialect)
    # optimize() copies the tree itself before it changes it; without a schema unknown columns are no error.
    return lambda: optimize(tree, dialect=dialect, validate_qualify_columns=False)


def _pooled(text: str, dialect: str) -> Callable[[], object]:
    from perftool.sql.pool import ParserPool

    pool = ParserPool()
    pool.warm_up([dialect], 1)

    def operation() -> Any:
        with pool.parser(dialect) as parser:
            return parser.parse_one(text)

    return operation


def _cached(text: str, dialect: str) -> Callable[[], object]:
    from perftool.sql.cache import StatementCache
    from perftool.sql.pool import ParserPool

    cache = StatementCache(ParserPool())
    return lambda: cache.parse(text, dialect)


def _shared(text: str, dialect: str) -> Callable[[], object]:
    from perftool.sql.cache import StatementCache
    from perftool.sql.pool import ParserPool

    cache = StatementCache(ParserPool())
    return lambda: cache.shared(text, dialect)


_STAGE_MAKERS: Final[dict[str, Callable[[str, str], Callable[[], object]]]] = {
    "tokenize": _tokenize,
    "parse": _parse,
    "fingerprint": _fingerprint,
    "format": _format,
    "optimize": _optimize,
}
_PARSER_MAKERS: Final[dict[str, Callable[[str, str], Callable[[], object]]]] = {
    "plain": _parse,
    "pooled": _pooled,
    "cached": _cached,
    "shared": _shared,
}
