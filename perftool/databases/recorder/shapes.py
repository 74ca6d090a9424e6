"""What a statement is called while the program runs: its text without literals, cheap enough for every run."""

from __future__ import annotations

import re

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

#: Texts and shapes that are kept; a program that writes values into its SQL has no end of texts, but few shapes.
MOST_TEXTS = 4096
MOST_SHAPES = 4000
_LONGEST = 20_000
_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w$@:.%])\d+(?:\.\d+)?(?!\w)")
_HOLDER = r"(?:\?|%s|%\(\w+\)s|:\w+|\$\d+(?:::\w+)?)"
_LIST = re.compile(rf"\(\s*{_HOLDER}(?:\s*,\s*{_HOLDER})+\s*\)(?:\s*,\s*\(\s*{_HOLDER}(?:\s*,\s*{_HOLDER})*\s*\))*")
_START = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(\w+)", re.DOTALL)
_READS = frozenset(("select", "with", "values", "table"))
_WRITES = frozenset(("insert", "update", "delete", "merge", "replace", "upsert"))
_CHANGING = re.compile(r"\b(?:insert|update|delete|merge)\b", re.IGNORECASE)
#: What may answer otherwise each time, or is asked for its effect.
_VOLATILE = re.compile(
    r"\bnextval\b|\brandom\s*\(|\brand\s*\(|uuid|\bfor\s+(?:no\s+key\s+)?(?:update|share)\b|\block\b|\bnow\s*\(|_lock\b"
    r"|\bskip\s+locked\b|current_time|clock_timestamp|\bsleep\b|changes\s*\(|last_insert",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)


class Shape:
    """A statement apart from its literals.

    ``repeatable`` says that equal runs must give equal rows while nothing is written.
    """

    __slots__ = ("number", "read", "repeatable", "system", "text", "write")

    def __init__(self, number: int, text: str, system: str) -> None:
        self.number = number
        self.text = text[:_LONGEST]
        self.system = system
        found = _START.match(text)
        word = found.group(1).lower() if found else ""
        self.read = word in _READS and not (word == "with" and _CHANGING.search(text))
        self.write = word in _WRITES or (word == "with" and not self.read)
        self.repeatable = self.read and bool(_FROM.search(text)) and not _VOLATILE.search(text)


class Shapes:
    """All shapes of a program, by text; ``listed`` holds them by number."""

    def __init__(self) -> None:
        self.listed: list[Shape] = []
        self._by_text: dict[tuple[str, str], tuple[Shape, tuple[int, ...]]] = {}
        self._by_key: dict[tuple[str, str], Shape] = {}

    def of(self, text: str, system: str) -> tuple[Shape, tuple[int, ...]] | None:
        """Return the shape of a text and the digests of its literals; None when there are too many shapes."""
        known = self._by_text.get((system, text))
        if known is not None:
            return known
        literals = _LITERAL.findall(text)
        key = (system, _LIST.sub("(?+)", _LITERAL.sub("?", text)))
        shape = self._by_key.get(key)
        if shape is None:
            if len(self.listed) >= MOST_SHAPES:
                return None
            shape = self._by_key[key] = Shape(len(self.listed), text, system)
            self.listed.append(shape)
        if len(self._by_text) >= MOST_TEXTS:
            self._by_text.clear()
        found = (shape, tuple(map(_literal, literals)))
        self._by_text[(system, text)] = found
        return found


def _literal(text: str) -> int:
    """Return the digest that a parameter of this value has."""
    if text[0] == "'":
        return hash(text[1:-1].replace("''", "'"))
    return hash(float(text) if "." in text else int(text))


def digest(value: Any) -> int:
    """Return a number for a value: equal for equal values of one process, never the value itself."""
    try:
        return hash(value)
    except Exception:  # noqa: BLE001 - whatever a program's own type does, its statement runs
        return 0


def digests(cells: Any) -> tuple[int, ...]:
    """Return the numbers of several values."""
    try:
        return tuple(map(hash, cells))
    except Exception:  # noqa: BLE001 - as above
        return tuple(map(digest, cells))


def values(parameters: Any) -> tuple[int, ...]:
    """Return the digests of one set of parameters, by position or name."""
    if not parameters:
        return ()
    try:
        if isinstance(parameters, (tuple, list)):
            return digests(parameters)
        return digests(parameters.values() if hasattr(parameters, "values") else tuple(parameters))
    except Exception:  # noqa: BLE001 - as above
        return (0,)


def ones(parameters: Any) -> int:
    """Return how often -1 is among parameters: Python has the same number for it as for -2."""
    try:
        return int((parameters if hasattr(parameters, "count") else list(parameters.values())).count(-1))
    except Exception:  # noqa: BLE001 - as above
        return 0
