"""Texts that differ in their literals alone are one statement, and their literals are what parameters would be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.databases.recorder import shapes
from perftool.databases.recorder.shapes import Shapes, ones, values


@given(st.lists(st.one_of(st.integers(0, 10**9), st.text(st.characters(exclude_characters="\0"))), min_size=1))
def test_literals_are_told_as_parameters_are(given_: list[int | str]) -> None:
    literals = [str(one) if isinstance(one, int) else "'" + one.replace("'", "''") + "'" for one in given_]
    found = Shapes().of("SELECT a1 FROM t2 WHERE x = " + " AND y = ".join(literals), "sqlite")
    assert found is not None
    assert found[1] == values(given_)


@given(st.integers(2, 50), st.integers(2, 50))
def test_lists_of_parameters_are_one_however_long(one: int, other: int) -> None:
    known = Shapes()
    texts = [f"SELECT x FROM t WHERE y IN ({', '.join('?' * count)})" for count in (one, other)]
    first, second = (known.of(text, "sqlite") for text in texts)
    assert first is not None
    assert second is not None
    assert first[0] is second[0]


@pytest.mark.parametrize(
    ("text", "read", "write", "repeatable"),
    [
        ("SELECT 1 FROM t", True, False, True),
        ("-- why\n /* x */ ( select 1 FROM t)", True, False, True),
        ("SELECT 1", True, False, False),
        ("SELECT random() FROM t", True, False, False),
        ("SELECT x FROM t FOR UPDATE", True, False, False),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True, False, True),
        ("WITH a AS (DELETE FROM t RETURNING x) SELECT * FROM a", False, True, False),
        ("INSERT INTO t VALUES (1)", False, True, False),
        ("CREATE TABLE t (x)", False, False, False),
        ("", False, False, False),
    ],
)
def test_what_a_statement_does(text: str, read: bool, write: bool, repeatable: bool) -> None:
    found = Shapes().of(text, "sqlite")
    assert found is not None
    assert (found[0].read, found[0].write, found[0].repeatable) == (read, write, repeatable)


def test_memory_is_bounded_by_texts_and_by_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "MOST_TEXTS", 10)
    monkeypatch.setattr(shapes, "MOST_SHAPES", 3)
    known = Shapes()
    for number in range(100):
        assert known.of(f"SELECT {number}", "sqlite") is not None
    assert len(known.listed) == 1
    assert [known.of(f"SELECT {letter}", "sqlite") is None for letter in "abcd"] == [False, False, True, True]


@pytest.mark.parametrize("given_", [None, (), {}, [1, "a"], {"a": 1, "b": [2]}, {3, 4}, ([1], {2: 3}), b"bytes"])
def test_parameters_of_any_kind_have_digests(given_: object) -> None:
    assert isinstance(values(given_), tuple)
    assert isinstance(ones(given_), int)
    assert values({"a": -1}) == values((-1,))
    assert ones({"a": -1}) == 1
    assert ones((-2,)) == 0
