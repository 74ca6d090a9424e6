"""What a SQL comment says to perftool: ``perftool: ignore[CODE] reason``, ``perftool: ignore-file[CODE]``, ``noqa``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Form = Literal["ignore", "ignore-file", "noqa"]

#: What a text must hold to have a directive at all.
MARKS: Final = ("perftool:", "noqa", "NOQA", "NoQA")

_WORD: Final = r"[A-Za-z][\w-]*+"
_DIRECTIVE: Final = re.compile(
    rf"\b(?:(?P<noqa>noqa|NOQA|NoQA)(?![\w-]|[ \t]*+:(?![ \t]*+[A-Za-z]))"
    rf"(?:[ \t]*+:[ \t]*+(?P<list>{_WORD}(?:[ \t]*+,[ \t]*+{_WORD})*+))?"
    rf"|perftool:[ \t]*+(?P<verb>{_WORD})(?:[ \t]*+\[(?P<codes>[^\[\]\r\n]*+)(?P<closed>\]?))?)"
)
_CODE: Final = re.compile(r"[^\s,]+")
_REST: Final = re.compile(r"[^\r\n]{0,200}+")
_REACH: Final = 40


class Word(NamedTuple):
    """A rule as a directive names it, with its half-open offsets in the comment."""

    text: str
    start: int
    end: int


class Directive(NamedTuple):
    """One directive: offsets in the comment, the rules it names (none for a bare ``noqa``), and the reason given.

    ``fault`` says what is wrong with how it is written, "" if nothing.
    """

    form: Form
    start: int
    end: int
    words: tuple[Word, ...]
    reason: str
    fault: str = ""


def directives(comment: str) -> Iterator[Directive]:
    """Yield the directives in one comment, its marks included.

    One counts only at the start of the comment or of one of its lines, or behind a further comment mark
    (``-- why -- noqa``), so that prose about them is no directive.
    """
    for match in _DIRECTIVE.finditer(comment):
        if not _begins(comment, match.start()):
            continue
        if match["noqa"]:
            yield Directive("noqa", match.start(), match.end(), _words(match, "list"), _reason(comment, match.end()))
            continue
        verb, codes = match["verb"].lower(), match["codes"]
        if verb not in ("ignore", "ignore-file"):
            # `perftool: see below` is prose; with a bracket it was meant to be a directive.
            if codes is not None:
                fault = f"{match['verb']!r} is nothing that a comment can ask for"
                yield Directive("ignore", match.start(), match.end(), (), "", fault)
            continue
        form: Form = "ignore" if verb == "ignore" else "ignore-file"
        words = _words(match, "codes") if codes is not None else ()
        fault = ""
        if not words:
            fault = "names no rule, so it silences nothing"
        elif not match["closed"]:
            fault = "has no closing bracket, so it silences nothing"
        yield Directive(form, match.start(), match.end(), words, _reason(comment, match.end()), fault)


def _begins(comment: str, at: int) -> bool:
    """Say whether nothing but a comment mark stands before ``at`` on its line."""
    before = comment[max(0, at - _REACH) : at].rstrip(" \t*")
    return not before or before.endswith(("--", "#", "//", "/", "\n", "\r"))


def _words(match: re.Match[str], group: str) -> tuple[Word, ...]:
    text = match[group]
    if not text:
        return ()
    base = match.start(group)
    return tuple(Word(one[0], base + one.start(), base + one.end()) for one in _CODE.finditer(text))


def _reason(comment: str, end: int) -> str:
    rest = _REST.match(comment, end)
    return rest[0].removesuffix("*/").strip(" \t:-–—") if rest else ""
