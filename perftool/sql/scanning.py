"""The compiled patterns that the splitter walks with, made for a dialect and the delimiter in force.

``simple`` takes a whole ordinary statement in one match: what stands before it, its body, its delimiter. It gives up
on anything that needs a decision (dollar quotes, nested comments, bodies with BEGIN, lines for a client program);
``event`` then finds the next place of the statement where there is something to decide. ``plain`` does as ``simple``
for those who ask for statements only: stray delimiters and lines for a client program are part of what stands before;
where it gives up its match is empty and has no group.
All run on bytes and are linear: inner repetitions are possessive.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.sql import patterns
from perftool.sql.lexis import lexis

if TYPE_CHECKING:
    from perftool.sql.lexis import Lexis

_WORD: Final = patterns.WORD_START + "0-9$"
_DOLLAR: Final = r"\$"
_NOT_IN_WORD: Final = rf"(?<![{_WORD}])"
_COUNTED: Final = rf"(?<![{_WORD}.@:])(?i:begin|case|end|if|loop|while|repeat|for)(?![{_WORD}])"
_LINE_END: Final = r"(?=[\r\n]|\Z)"
_GO: Final = rf"(?i:go)(?:[ \t]++[0-9]++)?[ \t]*+(?:--[^\r\n]*+)?{_LINE_END}"
_SLASH: Final = rf"/[ \t]*+{_LINE_END}"
_SIMPLE_COMMENT: Final = r"/\*(?:[^*/]++|\*(?!/)|/(?!\*))*+\*/"
_FLAT_COMMENT: Final = r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"

_CREATE_ROUTINE: Final = (
    r"(?:create|alter)\s++(?:(?:or\s++(?:replace|alter)|temp|temporary|aggregate|constraint|editionable|noneditionable"
    r"|secure|definer\s*+=\s*+\S++)\s++)*+"
    r"(?:procedure|proc|function|trigger|event|package|rule|type\s++body|library|java)\b"
)
_TRANSACTION: Final = (
    r"\s*+(?:;|\Z|(?:tran|transaction|work|isolation|read|deferred|immediate|exclusive|concurrent|not|distributed)\b)"
)
_BLOCK: Final = rf"begin\b(?!{_TRANSACTION})"
_SQLPLUS: Final = (
    r"(?:@|(?:prompt|rem|remark|whenever|spool|start|show|exit|quit)\b|set\s++(?:define|echo|feedback|heading|linesize"
    r"|pagesize|scan|serveroutput|sqlblanklines|termout|timing|trimspool|verify)\b)"
)
# Dialects where no block stands by itself: BEGIN there opens a transaction.
_NO_BLOCKS: Final = frozenset({"postgres", "materialize", "risingwave", "redshift", "sqlite", "duckdb", "mysql"})
_SCRIPTING: Final = frozenset({"bigquery", "snowflake", "tsql", "fabric"})


@dataclass(frozen=True, slots=True)
class Scanner:
    """The patterns of one dialect and delimiter.

    ``run`` passes over what needs no decision in a statement, ``still`` over what needs none where words and brackets
    count, ``between`` over what stands between two and cannot change how the next one is read.
    ``routine`` heads begin statements whose blocks must be counted, ``unit`` heads those that run to the end of their
    batch.
    """

    simple: re.Pattern[bytes]
    plain: re.Pattern[bytes]
    between: re.Pattern[bytes]
    run: re.Pattern[bytes]
    still: re.Pattern[bytes]
    trivia: re.Pattern[bytes]
    event: re.Pattern[bytes]
    client: re.Pattern[bytes]
    delimiter: bytes
    routine: re.Pattern[bytes] | None
    unit: re.Pattern[bytes] | None
    nested: bool


@functools.lru_cache(maxsize=256)
def scanner(dialect: str, delimiter: bytes = b";") -> Scanner:
    """Return the patterns for a canonical dialect and the ``delimiter`` between statements."""
    habits = lexis(dialect)
    ends = re.escape(delimiter.decode("latin-1"))
    comment = _SIMPLE_COMMENT if habits.nested_comments else _FLAT_COMMENT
    line_comment = patterns.line_comment(habits)
    trivia = rf"(?:[\s\x00]++|{line_comment}|{comment})*+"
    client = _client(habits)
    routine, unit = _heads(dialect, habits) if delimiter == b";" else (None, None)
    heads = [h for h in (rf"(?i:{routine})" if routine else "", rf"(?i:{unit})" if unit else "", client) if h]
    if "psql" in habits.clients:
        heads.append(r"(?i:copy)\b")
    body = _body(habits, line_comment, comment, delimiter.decode("latin-1"))
    simple = rf"((?!{'|'.join(heads) or r'(?!)'}){body}++)(?:{ends}|\Z)"
    passed = "|".join([r"[\s\x00]++", line_comment, comment, ends, *_passed(habits)])
    return Scanner(
        simple=_compiled(trivia + simple),
        # What fits nowhere gives an empty match, so that none is looked for further on.
        plain=_compiled(f"(?:{passed})*+{simple}|"),
        between=_compiled(f"(?:{passed})*+"),
        run=_compiled(f"{body}*+"),
        still=_compiled(_body(habits, line_comment, comment, delimiter.decode("latin-1"), counting=True) + "*+"),
        trivia=_compiled(trivia),
        event=_compiled(_event(habits, line_comment, comment, ends)),
        client=_compiled(client or r"(?!)"),
        delimiter=delimiter,
        routine=_compiled(f"(?i:{routine})") if routine else None,
        unit=_compiled(f"(?i:{unit})") if unit else None,
        nested=habits.nested_comments,
    )


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return patterns.compiled(pattern)


def _client(habits: Lexis) -> str:
    """Return the pattern of what is meant for a client program where a statement might begin, in named groups."""
    parts = []
    if "delimiter" in habits.clients:
        parts.append(r"(?P<delimiter>(?i:delimiter)[ \t]++(?P<new>[^\s]++)[^\r\n]*+)")
    if "go" in habits.clients:
        parts.append(f"(?P<go>{_GO})")
    if "slash" in habits.clients:
        parts.append(f"(?P<slash>{_SLASH})")
        if habits.q_quotes:
            parts.append(f"(?P<sqlplus>(?i:{_SQLPLUS})[^\r\n]*+)")
    if "psql" in habits.clients:
        parts.append(r"(?P<psql>\\[^\r\n]*+)")
    if "dot" in habits.clients:
        parts.append(r"(?P<dot>\.[A-Za-z][^\r\n]*+)")
    return "|".join(parts)


def _passed(habits: Lexis) -> list[str]:
    """Return the patterns of what a client program takes and that leaves no mark on what follows."""
    parts = []
    if "go" in habits.clients:
        parts.append(_GO)
    if "slash" in habits.clients:
        parts.append(_SLASH)
        if habits.q_quotes:
            parts.append(f"(?i:{_SQLPLUS})[^\r\n]*+")
    if "psql" in habits.clients:
        # \\copy may be followed by data.
        parts.append(r"\\(?!copy)[^\r\n]*+")
    if "dot" in habits.clients:
        parts.append(r"\.[A-Za-z][^\r\n]*+")
    return parts


def _heads(dialect: str, habits: Lexis) -> tuple[str, str | None]:
    """Return how a statement begins whose semicolons need counting, and one that runs to the end of its batch."""
    routine = _CREATE_ROUTINE
    if dialect not in _NO_BLOCKS:
        routine += f"|{_BLOCK}"
    if dialect in _SCRIPTING:
        routine += r"|(?:if|while|loop|repeat|for)\b"
    if dialect == "snowflake":
        routine += r"|declare\b"
    unit = None
    if habits.q_quotes:
        unit = (
            rf"{_CREATE_ROUTINE}|create\s++(?:or\s++replace\s++)?(?:editionable\s++|noneditionable\s++)?type\b"
            rf"|declare\b|<<|{_BLOCK}"
        )
    elif "go" in habits.clients and habits.brackets:
        unit = _CREATE_ROUTINE
    return routine, unit


def _strings(habits: Lexis) -> list[str]:
    found = []
    if habits.escape_strings and not habits.backslash:
        found.append(rf"(?<=[eE])(?<![{_WORD}][eE])" + _closed("'", backslash=True))
    if habits.triple_quotes:
        found += [patterns.tripled(q).replace(rf"|[{q}\\]*\Z", "") for q in "'\""]
    plain = _closed("'", backslash=habits.backslash)
    found.append(rf"(?:(?<![qQ])|(?='[\s'])){plain}" if habits.q_quotes else plain)
    found.append(_closed('"', backslash=habits.double_quoted_strings and habits.backslash))
    if habits.backticks:
        found.append(_closed("`", backslash=False))
    if habits.brackets:
        found.append(_closed("[", close="]", backslash=False))
    return found


def _closed(quote: str, *, backslash: bool, close: str | None = None) -> str:
    """Return the pattern of a quoted piece that must be closed."""
    pattern = patterns.quoted(quote, backslash=backslash, close=close)
    unfinished = r"|\\?\Z)" if backslash else r"|\Z)"
    return pattern.removesuffix(unfinished) + ")"


def _body(habits: Lexis, line_comment: str, comment: str, delimiter: str, *, counting: bool = False) -> str:
    """Return the pattern of one element of an ordinary statement; what it stops at needs a decision.

    ``counting``: so do the words and brackets that tell how deep in blocks it is.
    """
    stops = {"'", '"', "-", "/"}
    others = [_strings_pattern(habits), line_comment, comment]
    dash = r"-(?!-[\s\x00-\x1f]|-\Z)" if habits.dash_needs_space else "-(?!-)"
    slash = "/(?![*/])" if "//" in habits.line_comments else r"/(?!\*)"
    others += [dash, slash]
    if "#" in habits.line_comments:
        stops.add("#")
    if habits.backticks:
        stops.add("`")
    if habits.brackets:
        stops.add("[")
    opening = patterns.dollar_open(habits)
    if opening:
        stops.add("$")
        others.append(rf"(?<=[{_WORD}])\$|\$(?!{opening.removeprefix(_DOLLAR)})")
    lines = [p for name, p in (("go", _GO), ("slash", _SLASH)) if name in habits.clients]
    if lines:
        stops |= {"\n", "\r"}
        others.append(rf"[\r\n](?![ \t]*+(?:{'|'.join(lines)}))")
    if "psql" in habits.clients:
        stops.add("\\")
    elif "delimiter" in habits.clients:
        stops.add("\\")
        others.append(r"\\(?![gG])")
    if delimiter[0] not in stops:
        stops.add(delimiter[0])
        if delimiter != ";":
            others.append(re.escape(delimiter[0]))
    run = "".join(re.escape(c) for c in sorted(stops))
    if counting:
        others.insert(0, rf"(?!{_COUNTED})[{patterns.WORD_START}0-9][{_WORD}]*+")
        run += rf"(){patterns.WORD_START}0-9"
    run = f"[^{run}]++"
    element = "|".join([run, *others])
    # A delimiter of the user's choosing may begin like anything else, so it is looked for before everything else.
    return rf"(?:{element})" if delimiter == ";" else rf"(?:(?!{re.escape(delimiter)})(?:{element}))"


def _strings_pattern(habits: Lexis) -> str:
    return "|".join(_strings(habits))


def _event(habits: Lexis, line_comment: str, comment: str, ends: str) -> str:
    """Return the pattern that finds the next decision in a statement, by the name of its group."""
    opening = patterns.dollar_open(habits)
    groups = [
        ("end", ends),
        ("skip", f"{_strings_pattern(habits)}|{line_comment}|{comment}"),
        ("q", r"(?<=[qQ])'[^\s']" if habits.q_quotes else None),
        ("comment", r"/\*"),
        ("dollar", rf"{_NOT_IN_WORD}{opening}" if opening else None),
        ("quote", "['\"" + ("`" if habits.backticks else "") + (r"\[" if habits.brackets else "") + "]"),
        ("go", rf"(?<=[\r\n])[ \t]*+{_GO}" if "go" in habits.clients else None),
        ("slash", rf"(?<=[\r\n])[ \t]*+{_SLASH}" if "slash" in habits.clients else None),
        ("psql", r"\\[^\r\n]*+" if "psql" in habits.clients else None),
        ("send", r"\\[gG]" if "delimiter" in habits.clients and "psql" not in habits.clients else None),
        ("word", _COUNTED),
        ("bracket", r"[()]"),
    ]
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in groups if pattern)
