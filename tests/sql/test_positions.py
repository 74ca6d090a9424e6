from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.sql.positions import Place, Places


def test_all_line_endings_and_characters() -> None:
    data = "a\nbé\r\nc\rdé€x".encode()
    places = Places(data)
    assert places.find(0) == Place(1, 1)
    assert places.find(data.index(b"b")) == Place(2, 1)
    assert places.find(data.index(b"c")) == Place(3, 1)
    assert places.find(data.index(b"d")) == Place(4, 1)
    assert places.find(data.index(b"x")) == Place(4, 4)
    assert places.find(data.index(b"b")) == Place(2, 1), "going back"
    assert places.find(10_000) == Place(4, 5), "past the end is the end"


def test_a_byte_order_mark_takes_no_column_and_a_bad_byte_takes_one() -> None:
    assert Places(b"\xef\xbb\xbfab").find(4) == Place(1, 2)
    assert Places(b"\xff\xfeab").find(3) == Place(1, 4)


def test_steps_do_not_cut_line_ends_or_characters(monkeypatch) -> None:
    monkeypatch.setattr("perftool.sql.positions._STEP", 4)
    monkeypatch.setattr("perftool.sql.positions._KEEP_EVERY", 3)
    text = "ab€\r\n\r\n\rcd€€é\r\nx"
    data = text.encode()
    places = Places(data)
    for character in "xcab":
        offset = data.index(character.encode())
        assert places.find(offset) == plain(text, text.index(character))


# With CR, beyond ASCII, and plain: each is counted in a way of its own.
TEXTS = st.sampled_from(["ab\n\ré€😀", "ab\né€😀", "ab\n"]).flatmap(lambda alphabet: st.text(alphabet, max_size=60))


@given(TEXTS, st.lists(st.integers(0, 60), max_size=8))
def test_like_a_plain_count(text: str, wanted: list[int]) -> None:
    places = Places(text.encode())
    for index in wanted:
        if index <= len(text) and text[index - 1 : index + 1] != "\r\n":
            assert places.find(len(text[:index].encode())) == plain(text, index)


def plain(text: str, index: int) -> Place:
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
