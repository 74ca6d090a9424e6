from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.sql.actions import Name
from perftool.sql.ddl.cursor import Cursor, unquoted
from perftool.sql.tokens import scan


def over(text: str, dialect: str = "postgres") -> Cursor:
    return Cursor(text, scan(text, dialect), dialect)


def test_words_are_taken_only_as_a_whole():
    cursor = over("ALTER Table t")
    assert not cursor.take("alter", "view")
    assert cursor.take("alter", "table")
    assert cursor.take_any({"u", "t"}) == "t"
    assert cursor.done
    assert not cursor.take("t")
    assert cursor.word == ""


def test_names():
    cursor = over('A."B c".d, ONLY e, f * ) g')
    assert cursor.names() == (Name("d", "a.B c"), Name("e"), Name("f"))
    assert cursor.word == ")"
    assert over("(a)").name() is None
    assert over("a.").name() == Name("a")
    assert over("`A`.b", "mysql").name() == Name("b", "A")
    assert over("[A]]b]", "tsql").name() == Name("A]b")


def test_brackets_and_items():
    cursor = over("(a, f(b, c), [d, e]) g")
    assert [item.quote(0, item.size) for item in cursor.items()] == ["a", "f(b, c)", "[d, e]"]
    assert cursor.word == "g"
    assert over("(a, (b").brackets() == (1, 5)
    assert over("a").brackets() is None
    assert over("a").items() == []


def test_skipping_stays_outside_of_brackets():
    cursor = over("a (where) b WHERE c")
    assert cursor.skip_to({"where"}) == "where"
    assert cursor.start == 12
    assert over("a ) where").skip_to({"where"}) == ""
    assert over("a b").skip_to({"where"}) == ""


def test_texts():
    cursor = over("numeric ( 10 , 2 ) 'It''s' :: Text [ ]")
    assert cursor.plain(0, 6) == "numeric(10, 2)"
    assert cursor.plain(6, 11) == "'It''s'::text[]"
    assert cursor.quote(0, 6) == "numeric ( 10 , 2 )"
    assert cursor.quote(3, 3) == ""


@pytest.mark.parametrize(
    ("text", "name"), [('"a""b"', 'a"b'), ("`a`", "a"), ("[a]", "a"), ('U&"x"', "x"), ('"open', "open"), ('"', "")]
)
def test_quotes(text: str, name: str):
    assert unquoted(text) == name


@given(st.text(alphabet='ab.,()[]"`* \n', max_size=40))
def test_every_walk_ends(text: str):
    for dialect in ("postgres", "mysql", "tsql"):
        cursor = over(text, dialect)
        parts = cursor.parts()
        assert cursor.done
        assert sum(part.size for part in parts) <= cursor.size
        again = over(text, dialect)
        while not again.done:
            before = again.index
            again.names()
            again.items()
            if again.index == before:
                again.skip()
            assert again.index > before
