"""The projection language: which fields make tables, rows and columns, and in what order they come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from perftool.compare import names
from perftool.compare.numbers import parse_float
from perftool.compare.query import lookup
from perftool.compare.strings import quote
from perftool.compare.syntax import WORDS, ExpressionError, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perftool.compare.query import Predicate, Subject

Order = Literal["first", "alpha", "num", "fixed"]

_ORDERS: Final = ("alpha", "num")
_PREFIXES: Final = "KMGTPEZY"
_QUANTITY: Final = re.compile(rf"([0-9.]+)([k{_PREFIXES}]i?)?[bB]?")


class Field(msgspec.Struct, frozen=True):
    """One field of a projection; ``fixed`` gives the place of each admitted value when the order is fixed."""

    key: str
    order: Order = "first"
    fixed: dict[str, int] = msgspec.field(default_factory=dict)


def parse(expression: str) -> tuple[Field, ...]:
    """Parse a projection such as ``.name,/size@num``; an empty one has no fields.

    raises: ExpressionError pointing at the fault.
    """
    tokens = Tokens(expression)
    read: list[tuple[Field, str, int, int]] = []
    while tokens.peek().kind != "end":
        if tokens.peek().kind == "," and read:
            tokens.take()
        read.append(_field(tokens))
    for found, order, key_at, order_at in read:
        if order not in ("first", "fixed", *_ORDERS):
            raise ExpressionError(f"unknown order {quote(order)}", expression, order_at)
        if found.key == ".config" and found.fixed:
            raise ExpressionError("fixed order not allowed for .config", expression, order_at)
        if found.key == ".unit":
            raise ExpressionError(".unit is only allowed in filters", expression, key_at)
        if not found.key:
            raise ExpressionError("key must not be empty", expression, key_at)
    return tuple(found for found, *_ in read)


def _field(tokens: Tokens) -> tuple[Field, str, int, int]:
    """Return a field, its order as written, and where its key and its order stand."""
    if tokens.peek().kind not in WORDS:
        raise tokens.error("expected key")
    key = tokens.take()
    if tokens.peek().kind != "@":
        return Field(key.text), "first", key.offset, key.offset + len(key.text)
    tokens.take()
    order = tokens.peek()
    if order.kind in WORDS:
        tokens.take()
        known: Order = "num" if order.text == "num" else "alpha" if order.text == "alpha" else "first"
        return Field(key.text, known), order.text, key.offset, order.offset
    if order.kind != "(":
        raise tokens.error("expected named sort order or parenthesized list")
    tokens.take()
    listed: list[str] = []
    while tokens.peek().kind in WORDS:
        listed.append(tokens.take().text)
    if tokens.peek().kind != ")":
        raise tokens.error("missing )")
    if not listed:
        raise tokens.error("nothing to match")
    tokens.take()
    places = {value: place for place, value in enumerate(listed)}
    return Field(key.text, "fixed", places), "fixed", key.offset, order.offset


def number(text: str) -> float | None:
    """Return the number in ``text`` for the order ``num``: a float, or the first with an SI or IEC prefix."""
    try:
        return parse_float(text.encode())
    except ValueError:
        match = _QUANTITY.search(text)
    try:
        value = parse_float(match[1].encode()) if match else None
    except ValueError:
        return None
    if match is None or value is None or not match[2]:
        return value
    exponent = 1 + _PREFIXES.index(match[2][0].upper())
    scale = 1024.0 if match[2].endswith("i") else 1000.0
    return float(value * scale**exponent)


class Group:
    """The projections of one comparison, which share what is specific: a key named in one leaves the others.

    ``exclude`` is for keys to be ignored altogether.
    """

    def __init__(
        self, table: Sequence[Field], row: Sequence[Field], column: Sequence[Field], exclude: Sequence[Field]
    ) -> None:
        every = (*table, *row, *column, *exclude)
        self.name_keys = frozenset(one.key for one in every if one.key == ".name" or one.key.startswith("/"))
        self.config_keys = frozenset(one.key for one in every) - self.name_keys - {".config", ".fullname"}
        keys = {one.key for one in every}
        self.table = Projection(table, self)
        self.row = Projection(row, self)
        self.column = Projection(column, self)
        self.residue = Projection([Field(key) for key in (".config", ".fullname") if key not in keys], self)
        self.admits: Predicate = _admission(every)

    def fullname(self, name: str) -> str:
        """Return ``name`` without what is specific elsewhere."""
        return names.without(name, self.name_keys)


def _admission(fields: Iterable[Field]) -> Predicate:
    tests = [(lookup(one.key), one.fixed) for one in fields if one.order == "fixed"]
    return lambda subject: all(take(subject) in listed for take, listed in tests)


class Projection:
    """Takes the values of some fields from each subject and puts such keys in order.

    ``.config`` stands for all configuration keys that are not specific: it grows while subjects are seen, so keys
    are complete only after ``see`` has been called with every subject.
    """

    def __init__(self, fields: Sequence[Field], group: Group) -> None:
        self.fields = tuple(fields)
        self.group = group
        self.config_keys: dict[str, None] = {}
        self._has_config = any(one.key == ".config" for one in self.fields)
        self._seen: list[dict[str, int]] = [{} for _ in self.fields]
        self._keys: dict[tuple[str, ...], tuple[str, ...]] = {}  # each key once: units and inputs share rows
        self._take: list[Callable[[Subject], str] | None] = [self._taker(one.key) for one in self.fields]

    def _taker(self, key: str) -> Callable[[Subject], str] | None:
        if key == ".config":
            return None
        if key == ".fullname":
            return lambda subject: self.group.fullname(subject.series.name)
        return lookup(key)

    def see(self, subject: Subject) -> None:
        """Note the values of ``subject``: their order of appearance is the default order."""
        if self._has_config:
            for key, _ in subject.series.config:
                if key not in self.group.config_keys:
                    self.config_keys.setdefault(key)
        for seen, take in zip(self._seen, self._take, strict=True):
            if take is not None:
                seen.setdefault(take(subject), len(seen))

    def names(self) -> tuple[str, ...]:
        """Return the fields of a key, ``.config`` replaced by its keys."""
        found: list[str] = []
        for one in self.fields:
            found += self.config_keys if one.key == ".config" else [one.key]
        return tuple(found)

    def project(self, subject: Subject) -> tuple[str, ...]:
        """Return the key of ``subject``: one value for each of ``names``, "" where it has none."""
        found: list[str] = []
        for take in self._take:
            if take is None:
                own = dict(subject.series.config)
                found += [own.get(key, "") for key in self.config_keys]
            else:
                found.append(take(subject))
        key = tuple(found)
        return self._keys.setdefault(key, key)

    def sort_key(self, key: tuple[str, ...]) -> tuple[Any, ...]:
        """Return what to sort keys of this projection by."""
        found: list[Any] = []
        values = iter(key)
        for one, seen in zip(self.fields, self._seen, strict=True):
            if one.key == ".config":
                # Configuration values have no order of appearance in the reference: bytewise.
                for _ in self.config_keys:
                    value = next(values)
                    found.append((*_by_number(value), value) if one.order == "num" else value)
                continue
            value = next(values)
            if one.order == "num":
                found.append((*_by_number(value), value))
            elif one.order == "alpha":
                found.append(value)
            elif one.order == "fixed":
                # A full name without what is specific elsewhere may not be in the list: it counts as its first.
                found.append((one.fixed.get(value, 0), value))
            else:
                found.append(seen[value])
        return tuple(found)


def _by_number(text: str) -> tuple[int, float]:
    """Sort numbers first, NaN (which differs from itself) after them, then everything that is no number."""
    value = number(text)
    if value is None:
        return 2, 0.0
    return (1, 0.0) if value != value else (0, value)
