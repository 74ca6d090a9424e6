"""Keys are equal only for the same question."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.caching.keys import UncachableError, key

values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary(), st.decimals(allow_nan=False))
questions = st.tuples(st.text(), st.text(), st.lists(values, max_size=3).map(tuple), st.text(max_size=3))


def exact(question: tuple[str, str, tuple[Any, ...], str]) -> object:
    """Return what has to be equal: 1 == True == Decimal(1) are three different parameters."""
    database, statement, parameters, version = question
    return database, statement, [(type(one), repr(one)) for one in parameters], version


def of(question: tuple[str, str, tuple[Any, ...], str]) -> str:
    database, statement, parameters, version = question
    return key(database, statement, parameters, version=version)


@given(questions, questions)
def test_equal_just_when_the_question_is(one: Any, other: Any) -> None:
    assert (of(one) == of(other)) == (exact(one) == exact(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        ((1,), (True,)),
        ((1,), (1.0,)),
        ((1,), (Decimal(1),)),
        (("1",), (1,)),
        ((b"a",), ("a",)),
        ((None,), ()),
    ],
)
def test_parameters_are_told_apart(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert key("db", "select ?", one) != key("db", "select ?", other)


def test_nothing_of_the_question_can_be_read_from_it() -> None:
    assert key("db", "select 1").isalnum()


def test_an_unknown_type_has_no_key() -> None:
    with pytest.raises(UncachableError):
        key("db", "select ?", (object(),))
