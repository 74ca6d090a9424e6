"""Make any text safe to look at: control characters shown, widths known, ASCII on request."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from perftool.render.document import Document

# C0 and C1 controls, zero-width and direction-changing characters, line and paragraph separators, surrogates:
# each could move the cursor, recolour the screen or reorder what stands around it.
_HIDDEN = "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ASCII = {
    "✓": "ok",
    "✗": "FAIL",
    "⚠": "!",
    "±": "+-",
    "µ": "u",
    "μ": "u",
    "–": "-",
    "—": "-",
    "−": "-",
    "│": "|",
    "├": "|",
    "└": "`",
    "⋮": ":",
    "─": "-",
    "·": "-",
    "•": "*",
    "×": "x",
    "…": "...",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "∞": "inf",
    "\u00a0": " ",
    "\u202f": " ",
    **dict(zip("▁▂▃▄▅▆▇█", "_.-~=+*#", strict=True)),
    "’": "'",
    "“": '"',
    "”": '"',
    **{c: f"[{i}]" for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
}
_NARROW = frozenset("".join(map(chr, range(0x20, 0x7F))) + "✓✗⚠±µ−·…→∞⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_Node = TypeVar("_Node")


def visible(text: str) -> str:
    """Return ``text`` with every control, invisible or direction-changing character spelled as an escape."""
    if text.isprintable():  # nothing hidden is printable
        return text
    return _hidden().sub(_escape, text)


@functools.cache
def _hidden() -> re.Pattern[str]:
    """Compile the pattern when it is first needed: its range of surrogates costs 10 ms, most texts need it never."""
    return re.compile(_HIDDEN)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def to_ascii(text: str) -> str:
    """Spell ``text`` in ASCII: marks and typographic characters by a likeness, any other as an escape."""
    if text.isascii():
        return text
    text = _SUPERSCRIPTS.sub(lambda m: f"[{m.group().translate(_DIGITS)}]", text)
    spelled = "".join(_ASCII.get(c, c) for c in text)
    return spelled.encode("ascii", "backslashreplace").decode("ascii")


def is_narrow(text: str) -> bool:
    """Say whether each character of ``text`` is known to take one terminal column, without looking it up."""
    return text.isascii() or _NARROW.issuperset(text)


def width(text: str) -> int:
    """Return the number of terminal columns that ``text`` takes; wide East Asian characters take two."""
    return len(text) if is_narrow(text) else sum(map(_character_width, text))


def cut(text: str, columns: int, *, front: bool = False) -> str:
    """Shorten ``text`` to at most ``columns`` terminal columns, saying so with … at its end, or at its front."""
    if width(text) <= columns:
        return text
    mark = _mark(text, columns)
    room = columns - width(mark)
    return mark + _taken(text[::-1], room)[::-1] if front else _taken(text, room) + mark


def cut_inside(text: str, columns: int) -> str:
    """Shorten ``text`` to at most ``columns`` as ``cut`` does, keeping its beginning and its end."""
    if width(text) <= columns:
        return text
    mark = _mark(text, columns)
    room = columns - width(mark)
    end = _taken(text[::-1], room // 2)[::-1]
    return _taken(text, room - width(end)) + mark + end


def _mark(text: str, columns: int) -> str:
    return "…" if not text.isascii() else "..." if columns >= 6 else ""


def _taken(text: str, room: int) -> str:
    """Return the beginning of ``text`` that fits into ``room`` columns."""
    for at, character in enumerate(text):
        room -= _character_width(character)
        if room < 0:
            return text[:at]
    return text


@functools.lru_cache(maxsize=4096)
def _character_width(character: str) -> int:
    import unicodedata

    # Marks that combine without a class of their own (vowel signs, variation selectors) take no column either.
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def document_to_ascii(document: Document) -> Document:
    """Return ``document`` with every text in it spelled in ASCII."""
    return _rewrite(document)


def _rewrite(node: _Node) -> _Node:
    value: Any = node
    if isinstance(value, str):
        value = to_ascii(value)
    elif isinstance(value, tuple):
        value = tuple(_rewrite(v) for v in value)
    elif isinstance(value, msgspec.Struct):
        fields = {name: _rewrite(getattr(value, name)) for name in value.__struct_fields__}
        value = msgspec.structs.replace(value, **fields)
    return value  # type: ignore[no-any-return]
