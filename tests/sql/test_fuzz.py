# ruff: noqa: E501  cases read best in one line each
"""Damaged SQL of every dialect through splitting and analysis: nothing but data comes out, never an exception."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.sql import samples
from perftool.sql.dialects import KNOWN
from perftool.sql.pool import ParserPool
from perftool.sql.source import Source
from perftool.sql.statements import analyse_statement

POOL = ParserPool()
DIALECTS = [
    name for name in KNOWN if name in ("", "postgres", "mysql", "tsql", "oracle", "bigquery", "snowflake", "sqlite")
]


@cache
def corpus() -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(samples.folder().glob("*.sql")))


def through(data: bytes, dialect: str) -> int:
    count = 0
    for statement in Source.of(data, name="fuzz").statements(dialect, max_statement=100_000):
        analyse_statement(statement, dialect, POOL, max_statement=100_000)
        count += 1
    POOL.check_leaks()
    return count


NOISE = st.sampled_from(
    [b"'", b'"', b";", b"(", b")", b"/*", b"*/", b"--", b"$$", b"\0", b"\xff", b"\\", b"[", b"\n/\n", b"E'"]
)


@given(
    st.integers(0, 6000), st.integers(1, 400), st.lists(st.tuples(st.integers(0, 400), NOISE), max_size=4),
    st.sampled_from(DIALECTS),
)  # fmt: skip
@settings(max_examples=250, deadline=None)
def test_mutated_statements(start: int, length: int, noise: list[tuple[int, bytes]], dialect: str) -> None:
    data = corpus()[start : start + length]
    for place, what in noise:
        data = data[:place] + what + data[place:]
    if not data.startswith((b"\xff", b"\0")) and data[1:2] != b"\0":
        through(data, dialect)


@given(
    st.binary(max_size=120).filter(lambda b: b"\0" not in b[:64] and b[:1] not in (b"\xff", b"\xfe")),
    st.sampled_from(KNOWN),
)
@settings(max_examples=250, deadline=None)
def test_random_bytes(data: bytes, dialect: str) -> None:
    through(data, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "bomb",
    [b"(" * 30_000, b";" * 40_000, b"/*" * 20_000, b"select " * 5000, b"case " * 5000, b"begin " * 5000,
     b"select 1" + b" union (select 1" * 2500, b"a." * 10_000, b"select " + b"- " * 10_000, b"select 1" + b"::int" * 5000],
    ids=lambda b: b[:12].decode(),
)  # fmt: skip
def test_bombs(bomb: bytes, dialect: str) -> None:
    assert through(bomb, dialect) <= 1


def test_an_oversized_bomb_is_not_even_tokenised(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("an oversized statement was read")

    monkeypatch.setattr("perftool.sql.statements.lex", never)
    monkeypatch.setattr("perftool.sql.source.decoded", never)
    assert through(b"select " + b"(" * (1 << 20), "postgres") == 1
