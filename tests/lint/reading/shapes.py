"""What every neutral text must keep of the original, and how the tests look at it."""

from __future__ import annotations

from perftool.lint.reading.templates import Neutral, neutralise
from perftool.sql.parsing import Engine
from perftool.sql.splitter import statements


def neutral(sql: str, dialect: str = "postgres") -> Neutral:
    """Neutralise, and assert that every position is what it was."""
    data = sql.encode("utf-8", "surrogateescape")
    result = neutralise(data, dialect)
    same_places(data, result)
    return result


def same_places(data: bytes, result: Neutral) -> None:
    assert len(result.data) == len(data)
    before, after = data.decode("utf-8", "surrogateescape"), result.data.decode("utf-8", "surrogateescape")
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert old == new or (old not in "\r\n" and new not in "\r\n" and old.isascii() and new.isascii())
    assert list(result.replaced) == sorted(result.replaced)
    for (_, end), (start, _) in zip(result.replaced, result.replaced[1:], strict=False):
        assert end <= start


def squeezed(sql: str, dialect: str = "postgres") -> str:
    """Return the neutral text with runs of white space as one blank."""
    return " ".join(neutral(sql, dialect).data.decode().split())


def parses(sql: str, dialect: str = "postgres") -> str:
    """Assert that the parser takes every statement of the neutral text, and that there is one; return the text."""
    data = neutral(sql, dialect).data
    pieces = [data[piece.start : piece.end].decode("utf-8", "replace") for piece in statements(data, dialect)]
    assert pieces
    engine = Engine(dialect)
    for piece in pieces:
        assert engine.parse(piece)
    return " ".join(data.decode("utf-8", "replace").split())


def made_up(sql: str, dialect: str = "postgres") -> list[str]:
    data = sql.encode()
    return [data[start:end].decode() for start, end in neutral(sql, dialect).replaced]
