"""Regular expressions of the filter language: RE2's syntax, run by Python's engine."""

from __future__ import annotations

import functools
import re
from typing import Final

_LOOKAROUND: Final = ("(?=", "(?!", "(?<=", "(?<!")
_POSIX: Final = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t ", "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_REPEAT: Final = re.compile(r"\{(0|[1-9][0-9]{0,8})(?:,(0|[1-9][0-9]{0,8})?)?\}")
_MOST_REPEATS: Final = 1000
_GROUP: Final = re.compile(r"\(\?(?:P?<(?P<name>[A-Za-z0-9_]+)>|(?P<flags>[imsU]*(?:-[imsU]+)?)(?P<end>[:)]))")
_OCTAL: Final = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_DIGIT, _WORD, _SPACE = "0-9", "0-9A-Za-z_", r"\t\n\f\r "  # RE2's \s has no vertical tab
_CLASSES: Final = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
# Python's own \b knows letters beyond ASCII, and its \B does not find the empty text before 3.14.
_BOUNDARIES: Final = {
    "b": f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))",
    "B": f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))",
}


class BadRegexpError(ValueError):
    """A regular expression is wrong, or uses what RE2 does not have."""


def translate(source: str) -> re.Pattern[str]:
    """Compile ``source``, written for RE2, so that ``search`` finds what RE2 finds.

    ASCII classes (``\\d``, ``\\w``, ``\\s``), ``\\z``, ``[[:alpha:]]``, ``(?P<name>…)``, flags anywhere and ``\\Q…\\E``
    are carried over. Backreferences, lookaround and Unicode classes ``\\pL`` are refused: RE2 has not the first two,
    Python not the last.
    raises: BadRegexpError with one line.
    """
    import warnings

    pieces: list[str] = []
    groups: list[list[str]] = [[]]
    place = 0
    while place < len(source):
        text, place = _piece(source, place, groups)
        pieces.append(text)
    if len(groups) > 1:
        raise BadRegexpError(f"error parsing regexp: missing closing ): `{source}`")
    pieces.append(")" * len(groups[0]))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile("".join(pieces))
    except (re.error, OverflowError, RecursionError) as error:
        raise BadRegexpError(f"error parsing regexp: {_reason(error, source)}") from None


def _reason(error: Exception, source: str) -> str:
    """Say what is wrong in RE2's words where they are known."""
    text = error.msg if isinstance(error, re.error) else "expression too large"
    if text.startswith("nothing to repeat"):
        found = re.search(r"[*+?]", source)
        return f"missing argument to repetition operator: `{found[0] if found else source}`"
    if text.startswith("bad character range"):
        return f"invalid character class range: `{text.removeprefix('bad character range ')}`"
    if text.startswith("min repeat greater"):
        found = re.search(r"\{\d+,\d*\}", source)
        return f"invalid repeat count: `{found[0] if found else source}`"
    if text.startswith("multiple repeat"):
        found = re.search(r"[*+?}][*+?]+", source)
        return f"invalid nested repetition operator: `{found[0] if found else source}`"
    return f"{text}: `{source}`"


def _piece(source: str, place: int, groups: list[list[str]]) -> tuple[str, int]:
    """Translate what begins at ``place``; return it and where the next piece begins.

    ``groups`` has, for each open group, the flags that were set in its middle: Python takes flags only for a group
    of their own, which then has to be closed with the outer one.
    """
    character = source[place]
    if character == "\\":
        return _escape(source, place, in_class=False)
    if character == "[":
        return _character_class(source, place)
    if character == "(":
        return _open(source, place, groups)
    if character == ")":
        if len(groups) == 1:
            raise BadRegexpError(f"error parsing regexp: unexpected ): `{source}`")
        return ")" * (len(groups.pop()) + 1), place + 1
    if character == "|" and groups[-1]:
        # Flags reach over the alternatives to the end of the group: a(?i)b|c is a(?i:b)|(?i:c).
        flags = groups[-1]
        return ")" * len(flags) + "|" + "".join(f"(?{flag}:" for flag in flags), place + 1
    if character in "^$":
        # In a group, because RE2 lets an assertion be repeated.
        return "(?:^)" if character == "^" else r"(?:\Z)", place + 1
    count = _REPEAT.match(source, place)
    if character == "{" and not count:
        return r"\{", place + 1  # {,2} is plain text to RE2
    if count and max(int(number) for number in count.groups() if number) > _MOST_REPEATS:
        raise BadRegexpError(f"error parsing regexp: invalid repeat count: `{count[0]}`")
    if source.startswith("+", place + 1) and _repeats(source[: place + 1]):
        raise BadRegexpError(f"error parsing regexp: invalid nested repetition operator: `{source[place : place + 2]}`")
    return character, place + 1


def _repeats(source: str) -> bool:
    """Tell whether ``source`` ends in a repetition: one more ``+`` is possessive to Python and wrong to RE2."""
    return source[-1] in "*+?" or re.search(r"\{\d+(,\d*)?\}$", source) is not None


def _open(source: str, place: int, groups: list[list[str]]) -> tuple[str, int]:
    match = _GROUP.match(source, place)
    if source.startswith("(?", place) and (match is None or source.startswith(_LOOKAROUND, place)):
        unsupported = source[place : place + (4 if source.startswith("(?<", place) else 3)]
        raise BadRegexpError(f"error parsing regexp: invalid or unsupported Perl syntax: `{unsupported}`")
    if match is None:
        groups.append([])
        return "(", place + 1
    if match["name"]:
        groups.append([])
        return f"(?P<{match['name']}>", match.end()
    flags = match["flags"].replace("U", "").removesuffix("-")  # greedy or not, the same texts are found
    if match["end"] == ")":
        groups[-1].append(flags)
    else:
        groups.append([])
    return f"(?{flags}:", match.end()


def _escape(source: str, place: int, *, in_class: bool) -> tuple[str, int]:
    following = source[place + 1 : place + 2]
    if not following:
        raise BadRegexpError("error parsing regexp: trailing backslash at end of expression: ``")
    if following == "Q" and not in_class:
        end = source.find(r"\E", place + 2)
        end = len(source) if end < 0 else end
        return re.escape(source[place + 2 : end]), min(end + 2, len(source))
    if following == "z" and not in_class:
        return r"(?:\Z)", place + 2
    if following in "bB" and not in_class:
        return _BOUNDARIES[following], place + 2
    octal = _OCTAL.match(source, place + 1)
    if octal:
        return re.escape(chr(int(octal[0], 8))), octal.end()
    if following in "pP":
        raise BadRegexpError(r"error parsing regexp: Unicode classes \p are not supported")
    if following == "x" and source.startswith("{", place + 2):
        end = source.find("}", place)
        digits = source[place + 3 : end]
        if end > 0 and re.fullmatch("[0-9A-Fa-f]{1,6}", digits) and int(digits, 16) <= 0x10FFFF:
            return re.escape(chr(int(digits, 16))), end + 1
    if following in "dDsSwW":
        inner = _CLASSES[following.lower()]
        if following.islower():
            return (inner if in_class else f"[{inner}]"), place + 2
        return (_others(inner) if in_class else f"[^{inner}]"), place + 2
    known = "afnrtvx" if in_class else "Aafnrtvx"
    if (following.isalnum() or not following.isascii()) and following not in known:
        raise BadRegexpError(f"error parsing regexp: invalid escape sequence: `\\{following}`")
    return source[place : place + 2], place + 2


@functools.cache
def _others(inner: str) -> str:
    """Return what a class holds that has everything but the ASCII characters of ``inner``."""
    pattern = re.compile(f"[{inner}]")
    return "".join(re.escape(c) for c in map(chr, range(128)) if not pattern.match(c)) + "\\x80-\\U0010ffff"


def _character_class(source: str, place: int) -> tuple[str, int]:
    pieces = ["["]
    place += 1
    if source.startswith("^", place):
        pieces.append("^")
        place += 1
    if source.startswith("]", place):
        pieces.append(r"\]")
        place += 1
    while place < len(source) and source[place] != "]":
        match = re.match(r"\[:(\^?)(\w+):\]", source[place:])
        if match:
            if match[2] not in _POSIX:
                raise BadRegexpError(f"error parsing regexp: invalid character class range: `{match[0]}`")
            pieces.append(_others(_POSIX[match[2]]) if match[1] else _POSIX[match[2]])
            place += match.end()
        elif source[place] == "\\":
            several = source[place + 1 : place + 2] in "dDsSwW"
            text, place = _escape(source, place, in_class=True)
            pieces.append(text)
            if several and source.startswith("-", place):
                pieces.append(r"\-")  # a class begins no range
                place += 1
        else:
            # Python warns of set operations to come where RE2 has plain characters.
            pieces.append("\\" + source[place] if source[place] in "[&~|" else source[place])
            place += 1
    if place >= len(source):
        raise BadRegexpError(f"error parsing regexp: missing closing ]: `{source}`")
    return "".join(pieces) + "]", place + 1
