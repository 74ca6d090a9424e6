"""Put SQL in place of the variables that client programs and libraries fill in, where the parser does not know them.

``?``, ``:name`` and ``@name`` are read by sqlglot in every dialect, so they stay. What it does not read was tried out,
style by style and dialect by dialect; the table is in docs/lint-templates.md.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.lint.reading import filling
from perftool.sql import patterns
from perftool.sql.dialects import KNOWN
from perftool.sql.lexis import lexis

if TYPE_CHECKING:
    from collections.abc import Callable


class Replaced(NamedTuple):
    """A text with variables replaced, and where: half-open byte ranges."""

    data: bytes
    replaced: tuple[tuple[int, int], ...]


class _Style(NamedTuple):
    """A way to write variables: ``mark`` is the byte they begin with, ``pattern`` tells them, ``fill`` is what they
    become.
    """

    mark: int
    pattern: str
    fill: Callable[[bytes], bytes]
    dialects: frozenset[str]


_ALL: Final = frozenset(KNOWN)
_SPARKS: Final = frozenset({"databricks", "spark", "spark2", "hive"})
_BRACES: Final = frozenset({"databricks", "spark", "clickhouse"})
_PERCENTS: Final = frozenset({"postgres", "redshift", "materialize", "risingwave"})
# Not as part of a word, a cast, a subscript: looked back at behind the mark, so that searches begin with a letter.
_GLUED: Final = r"[\w$\x80-\xff:\])?%@\[]"


def _parameter(data: bytes) -> bytes:
    return filling.placed(data, b"?")


def _string(data: bytes) -> bytes:
    return b"'_" + data[2:]


def _modulo(data: bytes) -> bytes:
    return data[:1] + b" "


_STYLES: Final[dict[str, _Style]] = {
    "psql_string": _Style(
        ord(":"),
        r":'(?<!::')[^'\r\n]*+'",
        _string,
        frozenset({"", "postgres", "redshift", "materialize", "risingwave"}),
    ),
    "psql_prefix": _Style(
        ord(":"),
        rf":(?<!{_GLUED}:)[A-Za-z_]\w*+(?=\s++(?i:select|with|insert|update|delete|merge|create|alter|drop|execute|explain)\b)",
        filling.blank,
        frozenset({"postgres", "materialize", "risingwave"}),
    ),
    "sqlcmd": _Style(ord("$"), r"\$\([A-Za-z_]\w*+\)", filling.letters, frozenset({"tsql", "fabric"})),
    "dollar": _Style(ord("$"), r"\$\{[^{}\r\n'\"`]*+\}", filling.letters, _ALL - _SPARKS),
    "hash": _Style(ord("#"), r"#\{[^{}\r\n'\"`]*+\}", _parameter, _ALL),
    "brace": _Style(ord("{"), r"\{(?<![\w${#]\{)[A-Za-z_]\w*+(?:\.\w++)*+\}(?!\})", filling.letters, _ALL - _BRACES),
    "named": _Style(ord("%"), r"%\([A-Za-z_]\w*+\)[sdf]", _parameter, _ALL - _PERCENTS),
    "format": _Style(ord("%"), rf"%[sd](?<!{_GLUED}..)(?![\w$(])", _parameter, _ALL - _PERCENTS),
    "percent": _Style(ord("%"), r"%%", _modulo, _ALL),
    "numbered": _Style(ord(":"), rf":(?<!{_GLUED}:)[0-9]++(?![\w:])", _parameter, frozenset({"", "oracle", "exasol"})),
    "question": _Style(ord("?"), r"\?[0-9]++(?!\w)", _parameter, frozenset({"", "sqlite", "duckdb", "mysql"})),
    "ampersand": _Style(ord("&"), r"&{1,2}[A-Za-z]\w*+\.?", filling.letters, frozenset({"oracle"})),
}


def variables(data: bytes, dialect: str = "") -> Replaced | None:
    """Return ``data`` with variables replaced outside strings and comments; None where there are none.

    cost: a search for each style's mark; one pass over the text where one is found.
    """
    present = tuple(
        name
        for first, styles in _marks(dialect)
        # One byte, as a number, is searched a hundred times as fast as two.
        if first in data
        for name, pattern in styles
        if pattern.search(data)
    )
    if not any(_told(name, data) for name in present):
        return None
    out = bytearray(data)
    replaced = []
    for match in _scanner(dialect, present).finditer(data):
        name = match.lastgroup
        if name:
            start, end = match.span(name)
            out[start:end] = _STYLES[name].fill(match[name])
            replaced.append((start, end))
    return Replaced(bytes(out), tuple(replaced)) if replaced else None


@functools.cache
def _marks(dialect: str) -> tuple[tuple[int, tuple[tuple[str, re.Pattern[bytes]], ...]], ...]:
    """Return the patterns of the styles that a dialect needs, with their names, by the first bytes of their marks."""
    found: dict[int, list[tuple[str, re.Pattern[bytes]]]] = {}
    for name, style in _STYLES.items():
        if dialect in style.dialects:
            found.setdefault(style.mark, []).append((name, _alone(name)))
    return tuple((first, tuple(styles)) for first, styles in found.items())


def _told(name: str, data: bytes) -> bool:
    """Say whether what looks like a variable of that style may be one."""
    if name != "percent":
        return True
    # Doubled only where a library would take a single one for the beginning of a variable.
    return _alone("format").search(data) is not None or _alone("named").search(data) is not None


@functools.cache
def _alone(name: str) -> re.Pattern[bytes]:
    return re.compile(_STYLES[name].pattern.encode("latin-1"))


@functools.lru_cache(maxsize=256)
def _scanner(dialect: str, names: tuple[str, ...]) -> re.Pattern[bytes]:
    """Return a pattern that passes over text, strings, quoted names and comments up to the next variable.

    That stands in the group of its style; at the end of the text there is none.
    """
    habits = lexis(dialect)
    hidden = [patterns.line_comment(habits), r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)"]
    if habits.escape_strings:
        hidden.append("(?<=[eE])(?<![A-Za-z0-9_][eE])" + patterns.quoted("'", backslash=True))
    if habits.triple_quotes:
        hidden += [patterns.tripled("'"), patterns.tripled('"')]
    hidden.append(patterns.quoted("'", backslash=habits.backslash))
    hidden.append(patterns.quoted('"', backslash=habits.double_quoted_strings and habits.backslash))
    if habits.backticks:
        hidden.append(patterns.quoted("`", backslash=False))
    if habits.brackets:
        hidden.append(patterns.quoted("[", close="]", backslash=False))
    marks = {chr(_STYLES[name].mark) for name in names}
    stops = "".join(re.escape(sign) for sign in sorted(marks | set("-#/'\"`[")))
    # A variable may begin as a comment or a string does: #{a}, :'a'.
    bare = "|".join(_STYLES[name].pattern for name in names)
    styles = "|".join(f"(?P<{name}>{_STYLES[name].pattern})" for name in names)
    passed = rf"(?:[^{stops}]++|(?!{bare})(?:{'|'.join(hidden)}|[{stops}]))*+"
    return re.compile(rf"{passed}(?:{styles}|\Z)".encode("latin-1"))
