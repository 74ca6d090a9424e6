from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.sql.glance import surely_shallow
from perftool.sql.nesting import DEEPEST, LONGEST_CHAIN, MOST_OPEN_ARRAYS, MOST_OPEN_JOINS, shape
from perftool.sql.parsing import Engine
from tests.sql.test_nesting import NESTING

ENGINE = Engine("")
WORDS = [
    "(", ")", "[", "]", ",", ";", "not", "case", "when", "then", "else", "end", "and", "or", "between", "interval",
    "any", "all", "exists", "over", "select", "from", "where", "join", "on", "using", "union", "array[", "struct<",
    ">", "a", "1", "'s'", ".a", "::int", "-", "+", "~", "=", "is null", "in", "->", ":=", "create", "if", "!", "as",
    "at time zone", "|>",
]  # fmt: skip


def is_let_through(text: str) -> bool:
    try:
        tokens = ENGINE.tokenize(text)
    except InputError:
        return False
    return surely_shallow(tokens, text)


def is_too_deep(text: str) -> bool:
    found = shape(text)
    return (
        found.depth > DEEPEST
        or found.chain > LONGEST_CHAIN
        or found.arrays > MOST_OPEN_ARRAYS
        or found.joins > MOST_OPEN_JOINS
    )


@pytest.mark.parametrize("name", NESTING)
@pytest.mark.parametrize("count", [13, 41, 81, 251, 2500])
def test_nothing_deep_is_let_through(name: str, count: int) -> None:
    text = NESTING[name](count)
    assert not (is_let_through(text) and is_too_deep(text))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.integers(1, 300)), max_size=6))
def test_nor_any_mixture(parts: list[tuple[list[str], int]]) -> None:
    text = " ".join(" ".join(words * count) for words, count in parts)
    assert not (is_let_through(text) and is_too_deep(text))


def test_ordinary_statements_are_let_through() -> None:
    columns = ", ".join(f"coalesce(t.c{n}, 0) + 1 AS c{n}" for n in range(300))
    joins = " ".join(f"LEFT JOIN u{n} ON t.id = u{n}.id AND u{n}.a IN (1, 2)" for n in range(30))
    assert is_let_through(f"SELECT {columns} FROM t {joins} WHERE NOT EXISTS (SELECT 1 FROM v WHERE v.id = t.id)")
    assert is_let_through("INSERT INTO t VALUES " + ", ".join(f"({n}, -{n}, 'x.y.z')" for n in range(2000)))
