"""Replace bytes by as many bytes that mean something to a SQL parser, or nothing at all.

All keep line breaks and every character beyond ASCII where they are, so that each position stays what it was in bytes,
in characters, in lines and in columns.
"""

from __future__ import annotations

import re
from typing import Final

_BREAKS: Final = b"\r\n"
_WORD: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_TO_SPACE: Final = bytes(byte if byte in _BREAKS or byte >= 0x80 else 0x20 for byte in range(256))
_TO_LETTERS: Final = bytes(byte if byte in _BREAKS or byte >= 0x80 or byte in _WORD else 0x5F for byte in range(256))
_STOPS: Final = re.compile(rb"[\r\n\x80-\xff]|\Z")
_LINE_BREAK: Final = re.compile(rb"\r\n?|\n")
_HINT: Final = (b"+", b"!", b"/")


def blank(data: bytes) -> bytes:
    """Return white space, or a comment where ``data`` holds characters beyond ASCII, for which no blank is as wide."""
    ends = data[:2] + data[-2:]
    if data.isascii() or len(data) < 4 or not ends.isascii() or set(ends) & set(_BREAKS):
        return data.translate(_TO_SPACE)
    return comment(data)


def spaces(data: bytes) -> bytes:
    """Return blanks for all of ``data`` that is ASCII: for strings, where the rest does no harm."""
    return data.translate(_TO_SPACE)


def comment(data: bytes) -> bytes:
    """Return ``data`` (a tag with marks of two bytes) as a comment in ``/* */`` that nothing inside it can end."""
    inner = disarmed(data[2:-2])
    # These would make it a hint, or open a second comment.
    if inner.startswith(_HINT):
        inner = b" " + inner[1:]
    if inner.endswith(b"/"):
        inner = inner[:-1] + b" "
    return b"/*" + inner + b"*/"


def disarmed(data: bytes) -> bytes:
    """Return ``data`` without anything that opens or closes a comment."""
    return data.replace(b"*/", b"* ").replace(b"/*", b"/ ")


def letters(data: bytes) -> bytes:
    """Return ``data`` with all but letters, digits and line breaks as underscores: for strings and quoted names."""
    return data.translate(_TO_LETTERS)


def joined(data: bytes) -> bytes:
    """Return underscores only, to hold two parts of one word together."""
    return letters(data.translate(_TO_SPACE))


def lines_commented(data: bytes) -> bytes:
    """Return ``data``, which begins within a line comment, with each further line made a comment too."""
    parts = []
    position = 0
    for line_break in _LINE_BREAK.finditer(data):
        parts.append(_commented(data[position : line_break.start()], first=not position))
        parts.append(line_break[0])
        position = line_break.end()
    parts.append(_commented(data[position:], first=not position))
    return b"".join(parts)


def _commented(line: bytes, *, first: bool) -> bytes:
    if first or len(line) < 2 or not line[:2].isascii():
        return line
    # MySQL wants a blank behind the dashes.
    rest = line[2:]
    return b"--" + (b" " + rest[1:] if rest[:1].isascii() and rest else rest)


def placed(data: bytes, text: bytes, *, pad: bytes = b" ") -> bytes:
    """Return ``text`` (ASCII) followed by as much of ``pad`` as makes it as long as ``data``.

    It goes where there is room for it on one line; cut short where there is none. Blanks become a comment where
    ``data`` holds characters beyond ASCII.
    """
    room = _STOPS.search(data).start()  # type: ignore[union-attr]
    if room == len(data):
        return (text[:room] + pad * room)[:room]
    if data.isascii():
        start, fits = _line_with_room(data, len(text))
        end = start + min(len(text), fits)
        return data[:start].translate(_TO_SPACE) + text[: end - start] + data[end:].translate(_TO_SPACE)
    kept = min(room - 2, len(text))
    if kept < 1 or not data[-2:].isascii():
        return letters(data)
    return text[:kept] + comment(data[kept:])


def _line_with_room(data: bytes, size: int) -> tuple[int, int]:
    """Return where the first line with ``size`` bytes starts, else the longest one, and how long it is."""
    start = best = longest = 0
    for line_break in (*_LINE_BREAK.finditer(data), None):
        end = line_break.start() if line_break else len(data)
        if end - start >= size:
            return start, end - start
        if end - start > longest:
            best, longest = start, end - start
        start = line_break.end() if line_break else end
    return best, longest
