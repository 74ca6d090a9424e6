"""The filter language: ``.unit:(ns/op OR B/op) /format:json -pkg:/test$/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.compare import names
from perftool.compare.syntax import VALUES, WORDS, ExpressionError, Token, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.compare.api import Series

    Lookup = Callable[["Subject"], str]
    Predicate = Callable[["Subject"], bool]


class Subject(msgspec.Struct, frozen=True, gc=False):
    """A series as expressions see it: with the label of its input and what is known of the whole input."""

    series: Series
    file: str
    config: dict[str, str]


def lookup(key: str) -> Lookup:
    """Return the function that takes the value of ``key`` from a subject; a missing one is "".

    raises: ValueError when the key is empty.
    """
    if not key:
        raise ValueError("key must not be empty")
    if key == ".name":
        return lambda subject: names.base(subject.series.name)
    if key == ".fullname":
        return lambda subject: subject.series.name
    if key == ".file":
        return lambda subject: subject.file
    if key.startswith("/"):
        return lambda subject: names.part(subject.series.name, key)
    return lambda subject: subject.config.get(key, "")


def parse(expression: str) -> Predicate:
    """Compile a filter expression.

    A filter selects measurements: what the reference computes as sets of a line's units is the same as a boolean
    for each measurement, because every other term is equal for all of a line.
    raises: ExpressionError pointing at the fault.
    """
    tokens = Tokens(expression)
    terms: list[tuple[Token, Token]] = []
    found = _either(tokens, terms)
    if tokens.peek().kind != "end":
        raise tokens.unexpected(tokens.peek())
    # Keys are looked at after the whole expression was read: faults of its form come first.
    for key, _ in terms:
        if key.text == ".config":
            raise ExpressionError(".config is only allowed in projections", expression, key.offset)
        if not key.text:
            raise ExpressionError("key must not be empty", expression, key.offset)
    return found


def _either(tokens: Tokens, terms: list[tuple[Token, Token]]) -> Predicate:
    branches = [_all(tokens, terms)]
    while tokens.peek().kind == "or":
        tokens.take()
        branches.append(_all(tokens, terms))
    if len(branches) == 1:
        return branches[0]
    return lambda subject: any(branch(subject) for branch in branches)


def _all(tokens: Tokens, terms: list[tuple[Token, Token]]) -> Predicate:
    matches = [_match(tokens, terms)]
    while (token := tokens.peek()).kind not in (")", "or", "end"):
        if token.kind == "and":
            tokens.take()
        elif token.kind in ("(", "-", "*") or token.kind in WORDS:
            matches.append(_match(tokens, terms))
        else:
            raise tokens.unexpected(token)
    if len(matches) == 1:
        return matches[0]
    return lambda subject: all(match(subject) for match in matches)


def _match(tokens: Tokens, terms: list[tuple[Token, Token]]) -> Predicate:
    token = tokens.peek()
    if token.kind == "(":
        tokens.take()
        inner = _either(tokens, terms)
        if tokens.peek().kind != ")":
            raise tokens.error('missing ")"')
        tokens.take()
        return inner
    if token.kind == "-":
        tokens.take()
        negated = _match(tokens, terms)
        return lambda subject: not negated(subject)
    if token.kind == "*":
        tokens.take()
        return lambda _: True
    if token.kind not in WORDS:
        raise tokens.error("expected key:value or subexpression")
    key = tokens.take()
    if tokens.peek().kind != ":":
        raise tokens.error("expected key:value", key.offset)
    tokens.take()
    value = tokens.take(value=True)
    if value.kind == "(":
        return _values(tokens, key, terms)
    if value.kind not in VALUES:
        raise tokens.error("expected key:value", key.offset)
    return _term(key, value, terms)


def _values(tokens: Tokens, key: Token, terms: list[tuple[Token, Token]]) -> Predicate:
    found = []
    while True:
        value = tokens.peek(value=True)
        if value.kind not in VALUES:
            raise tokens.error("expected value", value.offset)
        tokens.take(value=True)
        found.append(_term(key, value, terms))
        separator = tokens.peek(value=True)
        if separator.kind == ")":
            tokens.take()
            return lambda subject: any(match(subject) for match in found)
        if separator.kind != "or":
            raise tokens.error("value list must be separated by OR", separator.offset)
        tokens.take()


def _term(key: Token, value: Token, terms: list[tuple[Token, Token]]) -> Predicate:
    terms.append((key, value))
    pattern = value.pattern
    wanted = value.text

    def fits(text: str) -> bool:
        return text == wanted if pattern is None else pattern.search(text) is not None

    if key.text == ".unit":
        return lambda subject: fits(subject.series.unit) or fits(subject.series.written_unit)
    if key.text in ("", ".config"):
        return lambda _: False
    take = lookup(key.text)
    return lambda subject: fits(take(subject))
