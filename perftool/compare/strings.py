"""Quoted strings as Go writes them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ESCAPES: Final = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"',
}  # fmt: skip
_NAMES: Final = {text: f"\\{letter}" for letter, text in _ESCAPES.items()}
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<plain>[abfnrtv\\\"])|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-7]{3})"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|(?P<bad>.?))",
    re.DOTALL,
)
_LAST_RUNE: Final = 0x10FFFF


class BadEscapeError(ValueError):
    """A backslash is followed by something that is no escape."""


def unquote(body: str) -> str:
    """Return the text of a double-quoted string, given without its quotes.

    source: The Go Programming Language Specification, "Interpreted string literals"
    """
    if "\n" in body:
        raise BadEscapeError(body)
    if "\\" not in body:
        return body
    # \x and octal escapes are bytes, everything else is characters: collect bytes, decode once.
    done = bytearray()
    place = 0
    for match in _ESCAPE.finditer(body):
        done += body[place : match.start()].encode("utf-8", "replace")
        done += _escaped(match)
        place = match.end()
    done += body[place:].encode("utf-8", "replace")
    return done.decode("utf-8", "replace")


def _escaped(match: re.Match[str]) -> bytes:
    if match["plain"]:
        return _ESCAPES[match["plain"]].encode()
    if match["byte"]:
        return bytes([int(match["byte"], 16)])
    if match["octal"] and int(match["octal"], 8) <= 0xFF:
        return bytes([int(match["octal"], 8)])
    digits = match["short"] or match["long"]
    if digits:
        code = int(digits, 16)
        if code <= _LAST_RUNE and not 0xD800 <= code <= 0xDFFF:
            return chr(code).encode()
    raise BadEscapeError(match[0])


def quote(text: str) -> str:
    """Return ``text`` in double quotes, everything that does not print escaped."""
    return '"' + "".join(_quoted(character) for character in text) + '"'


def _quoted(character: str) -> str:
    if character in _NAMES:
        return _NAMES[character]
    if character == " " or unicodedata.category(character)[0] in "LMNPS":
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
