"""Follow a dialect's strings, quoted names and comments through a text that comes in pieces."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from perftool.sql import patterns
from perftool.sql.lexis import lexis

if TYPE_CHECKING:
    from perftool.sql.lexis import Lexis

Kind = Literal["line", "block", "string", "quoted", "dollar"]

_ENDS: Final = {
    "line": re.compile(rb"[\r\n]"),
    "flat": re.compile(rb"\*/"),
    "nested": re.compile(rb"\*/|/\*"),
}
_CLOSING: Final = {b"[": b"]"}
_FLAT: Final = r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
# One that holds another one is looked at piece by piece.
_NESTED: Final = r"/\*(?:[^*/]++|\*(?!/)|/(?!\*))*+\*/"


class Mode:
    """The string, quoted name or comment that a text is in."""

    __slots__ = ("depth", "end", "kind")

    def __init__(self, kind: Kind, end: re.Pattern[bytes]) -> None:
        self.kind = kind
        self.end = end
        self.depth = 1

    @classmethod
    def of(cls, opened: re.Match[bytes], data: bytes, dialect: str) -> Mode:
        """Return the mode that begins with ``opened``, a match of ``Passing.opening``."""
        habits = lexis(dialect)
        kind = opened.lastgroup or ""
        mark = opened[kind]
        if kind == "line":
            return cls("line", _ENDS["line"])
        if kind == "block":
            return cls("block", _ENDS["nested" if habits.nested_comments else "flat"])
        if kind == "dollar":
            return cls("dollar", _end_of(mark, backslash=False))
        is_string = _is_string(mark, habits)
        escaped = habits.escape_strings and data[max(opened.start(kind) - 1, 0) : opened.start(kind)] in (b"e", b"E")
        return cls(
            "string" if is_string else "quoted",
            _end_of(_CLOSING.get(mark, mark), backslash=is_string and (habits.backslash or escaped)),
        )

    @property
    def holds_code(self) -> bool:
        """Say whether what stands inside is SQL all the same: the body of a function."""
        return self.kind == "dollar"

    @property
    def is_operand(self) -> bool:
        """Say whether it counts as a name or a literal."""
        return self.kind in ("string", "quoted", "dollar")

    def find_end(self, data: bytes, position: int, stop: int) -> tuple[int, bool]:
        """Return where to go on after ``position``, and whether the mode ends there; ``stop`` if it does not."""
        for match in self.end.finditer(data, position, stop):
            text = match[0]
            if text[:1] == b"\\":
                continue
            if self.kind == "block":
                self.depth += 1 if text == b"/*" else -1
                if self.depth:
                    continue
            return match.end(), True
        return stop, False


class Passing(NamedTuple):
    """Patterns that pass over SQL outside of templates.

    ``whole`` passes over code and all that is closed, up to what begins a comment, a string or a quoted name and is
    not. ``piece`` passes over code and takes what follows it in a group: "operand" for a closed string or quoted name,
    "comment" for a closed comment. ``opening`` takes what begins one, in the group that is named by its kind.
    """

    whole: re.Pattern[bytes]
    piece: re.Pattern[bytes]
    opening: re.Pattern[bytes]


@functools.cache
def passing(dialect: str) -> Passing:
    """Return the patterns for the SQL of ``dialect``."""
    habits = lexis(dialect)
    lines = [re.escape(start) for start in habits.line_comments]
    if habits.dash_needs_space:
        lines[0] = r"--(?=[\s\x00-\x1f]|\Z)"
    quotes = ["'", '"']
    if habits.triple_quotes:
        quotes = ["'''", '"""', *quotes]
    if habits.backticks:
        quotes.append("`")
    if habits.brackets:
        quotes.append("[")
    line = f"(?:{'|'.join(lines)})"
    given = {
        "line": line,
        "block": r"/\*",
        "dollar": patterns.dollar_open(habits),
        "quote": "|".join(map(re.escape, quotes)),
    }
    begins = "|".join(pattern for pattern in given.values() if pattern)
    groups = "|".join(f"(?P<{name}>{pattern})" for name, pattern in given.items() if pattern)
    operand = "|".join(_closed(quote, habits) for quote in quotes)
    comment = rf"{line}[^\r\n]*+[\r\n]|{_NESTED if habits.nested_comments else _FLAT}"
    stops = r"\-#/$'\"`\["
    code = rf"[^{stops}]++|(?!{begins})[{stops}]"
    return Passing(
        whole=_compiled(rf"(?:{code}|{operand}|{comment})*+"),
        piece=_compiled(rf"(?:{code})*+(?:(?P<operand>{operand})|(?P<comment>{comment})|)"),
        opening=_compiled(groups),
    )


def _closed(quote: str, habits: Lexis) -> str:
    """Return the pattern of a piece in quotes to its end, as ``Mode`` finds that: a doubled quote is an end as well."""
    start, end = re.escape(quote), re.escape("]" if quote == "[" else quote)
    sign = re.escape("]") if quote == "[" else quote[0]
    few = rf"{sign}(?!{sign}{sign})|" if len(quote) > 1 else ""
    # An open string in three quotes is no empty string and another one.
    first = start if len(quote) > 1 or not habits.triple_quotes else rf"{start}(?!{start}{start})"
    raw = rf"{first}(?:{few}[^{sign}]++)*+{end}"
    escaped = rf"{first}(?:{few}[^{sign}\\]++|\\[\s\S])*+{end}"
    if not _is_string(quote.encode(), habits):
        return raw
    if habits.backslash:
        return escaped
    return rf"(?<=[eE]){escaped}|(?<![eE]){raw}" if habits.escape_strings else raw


def _is_string(mark: bytes, habits: Lexis) -> bool:
    return mark[:1] == b"'" or (mark[:1] == b'"' and habits.double_quoted_strings)


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return patterns.compiled(pattern)


@functools.lru_cache(maxsize=256)
def _end_of(mark: bytes, *, backslash: bool) -> re.Pattern[bytes]:
    return re.compile((rb"\\[\s\S]|" if backslash else b"") + re.escape(mark))
