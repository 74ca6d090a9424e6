"""Text that findings stand in is quoted without reading lines that nobody could."""

from __future__ import annotations

from perftool.cli.lint_scope import Texts

NULLS = b"SELECT a FROM t WHERE a = NULL;"


def quoted(data: bytes, start: int, end: int) -> str | None:
    return Texts(lambda _: data).quote("a.sql", start, end)


def test_lines_are_quoted_whole() -> None:
    data = b"SELECT 1;\r\n" + NULLS + b"\r\nSELECT\n2;"
    assert quoted(data, 33, 37) == NULLS.decode()
    assert quoted(data, 44, 52) == "SELECT\n2;"
    assert quoted(b"\xef\xbb\xbf" + NULLS, 3, 9) == NULLS.decode()


def test_of_a_statement_of_many_lines_the_first_is_quoted() -> None:
    data = b"INSERT INTO t VALUES\n" + b"(1),\n" * 100_000
    assert quoted(data, 0, len(data)) == "INSERT INTO t VALUES"


def test_a_line_that_nobody_reads_is_not_quoted() -> None:
    data = NULLS * 10_000
    for start in (0, len(data) // 2, len(data) - 5):
        assert quoted(data, start, start + 5) is None
    assert quoted(data[:60_000], 50_000, 50_005) == data[:60_000].decode()
    assert quoted(data + b"\n" + NULLS, len(data) + 3, len(data) + 9) == NULLS.decode()
