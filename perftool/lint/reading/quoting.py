"""Follow a dialect's strings, quoted names and comments through a text that comes in pieces."""

from __future__ import annotations

import functools
import re
from typing import Final, Literal, NamedTuple

from perftool.sql import patterns
from perftool.sql.lexis import lexis

Kind = Literal["line", "block", "string", "quoted", "dollar"]

_ENDS: Final = {
    "line": re.compile(rb"[\r\n]"),
    "flat": re.compile(rb"\*/"),
    "nested": re.compile(rb"\*/|/\*"),
}
_CLOSING: Final = {b"[": b"]"}


class Mode:
    """The string, quoted name or comment that a text is in."""

    __slots__ = ("depth", "end", "kind")

    def __init__(self, kind: Kind, end: re.Pattern[bytes]) -> None:
        self.kind = kind
        self.end = end
        self.depth = 1

    @classmethod
    def of(cls, opened: re.Match[bytes], data: bytes, dialect: str) -> Mode:
        """Return the mode that begins with ``opened``, a match of ``opening`` that has a group."""
        habits = lexis(dialect)
        kind = opened.lastgroup or ""
        mark = opened[kind]
        if kind == "line":
            return cls("line", _ENDS["line"])
        if kind == "block":
            return cls("block", _ENDS["nested" if habits.nested_comments else "flat"])
        if kind == "dollar":
            return cls("dollar", _end_of(mark, backslash=False))
        is_string = mark[:1] == b"'" or (mark[:1] == b'"' and habits.double_quoted_strings)
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


class _Habit(NamedTuple):
    group: str
    pattern: str | None


@functools.cache
def opening(dialect: str) -> re.Pattern[bytes]:
    """Return a pattern that passes over code, up to what begins a comment, a string or a quoted name.

    That stands in the group that is named by its kind; there is none where the code goes on to the end.
    """
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
        quotes.append(r"\[")
    parts = [
        _Habit("line", "|".join(lines)),
        _Habit("block", r"/\*"),
        _Habit("dollar", patterns.dollar_open(habits)),
        _Habit("quote", "|".join(quotes)),
    ]
    given = [part for part in parts if part.pattern]
    begins = "|".join(f"{part.pattern}" for part in given)
    groups = "|".join(f"(?P<{part.group}>{part.pattern})" for part in given)
    stops = r"\-#/$'\"`\["
    return re.compile(rf"(?:[^{stops}]++|(?!{begins})[{stops}])*+(?:{groups}|)".encode("latin-1"))


@functools.lru_cache(maxsize=256)
def _end_of(mark: bytes, *, backslash: bool) -> re.Pattern[bytes]:
    return re.compile((rb"\\[\s\S]|" if backslash else b"") + re.escape(mark))
