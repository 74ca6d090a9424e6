from __future__ import annotations

import pytest

from perftool.errors import InputError
from perftool.sql import source
from perftool.sql.source import Source

TEXT = "select 'é😀';\r\n-- hü\r\n  select 2"


def test_statements_carry_place_and_text() -> None:
    first, second = Source.of(TEXT.encode(), name="a.sql").statements()
    assert (first.text, first.line, first.column) == ("select 'é😀'", 1, 1)
    assert (second.text, second.line, second.column) == ("select 2", 3, 3)
    assert TEXT.encode()[second.start : second.end] == b"select 2"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [True, False])
def test_utf16_keeps_original_positions(encoding: str, mark: bool) -> None:
    data = ("\ufeff" if mark else "").encode(encoding) + TEXT.replace("é😀", "a").encode(encoding)
    text = Source.of(data, name="a.sql")
    assert [data[s.start : s.end].decode(encoding) for s in text.statements()] == ["select 'a'", "select 2"]
    assert b"".join(data[p.start : p.end] for p in text.pieces()) == data


def test_utf16_beyond_the_first_plane() -> None:
    data = ("\ufeff" + TEXT).encode("utf-16-le")
    found = list(Source.of(data, name="a.sql").statements())
    assert [data[s.start : s.end].decode("utf-16-le") for s in found] == ["select 'é😀'", "select 2"]
    assert (found[1].line, found[1].column) == (3, 3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("\ufeffselect 1".encode("utf-32-le"), "UTF-32"),
        (b"\xff\xfes\0e", "ends in the middle"),
    ],
)
def test_what_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as refused:
        Source.of(data, name="a.sql")
    assert message in refused.value.message
    assert "a.sql" in refused.value.message


def test_big_utf16_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST_UTF16", 4)
    with pytest.raises(InputError) as refused:
        Source.of("\ufeffselect".encode("utf-16-le"), name="a.sql")
    assert "iconv" in (refused.value.hint or "")


def test_an_oversized_statement_is_not_decoded() -> None:
    found = list(Source.of(b"select 1; select '" + b"x" * 100 + b"'; select 3", name="a").statements(max_statement=50))
    assert [s.text for s in found] == ["select 1", None, "select 3"]
    assert found[1].end - found[1].start == 109


def test_bytes_that_are_not_utf8_are_kept() -> None:
    (found,) = Source.of(b"select '\xff'", name="a").statements()
    assert found.damaged
    assert found.text is not None
    assert found.text.encode("utf-8", "surrogateescape") == b"select '\xff'"


def test_texts_can_be_sent_and_keep_every_place() -> None:
    data = b"select '\xff\xc3'; select 2"
    first, second = Source.of(data, name="a").texts()
    assert (first.text, second.text) == ("select '??'", "select 2")
    assert data[second.start : second.end] == b"select 2"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_half_a_pair_of_utf16_takes_its_own_place_alone(encoding: str) -> None:
    data = "\ufeffselect '\ud800é'; select '\udc00'".encode(encoding, "surrogatepass")
    first, second = Source.of(data, name="a").texts()
    assert (first.text, second.text) == ("select '?é'", "select '?'")
    assert data[second.start :].decode(encoding, "surrogatepass") == "select '\udc00'"


def test_a_second_byte_order_mark_of_utf16_takes_a_column() -> None:
    data = "\ufeff\ufeffselect 1".encode("utf-16-le")
    (found,) = Source.of(data, name="a").statements()
    assert (found.text, found.start, found.line, found.column) == ("select 1", 4, 1, 2)
