"""NDJSON: an object a line, from rows and from an engine."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from ipaddress import IPv4Address

from perftool.databases.api import Column
from perftool.queries.formats.ndjson import FORMAT


def test_values_that_json_has_no_word_for() -> None:
    values = (
        float("nan"), float("-inf"), Decimal("1.50"), Decimal("NaN"), b"\x00\xff", dt.timedelta(days=1, seconds=2),
        dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC), dt.time(1, 2), uuid.UUID(int=1), IPv4Address("10.0.0.1"),
        {"k": [b"\x01", Decimal("Infinity")]}, 2**70,
    )  # fmt: skip
    columns = [Column(f"c{number}") for number in range(len(values))]
    assert b"".join(FORMAT.rows(columns, [[values]])) == (
        b'{"c0":null,"c1":null,"c2":1.50,"c3":null,"c4":"00ff","c5":"P1DT2S","c6":"2024-01-02T03:04:05Z",'
        b'"c7":"01:02:00","c8":"00000000-0000-0000-0000-000000000001","c9":"10.0.0.1",'
        b'"c10":{"k":["01",null]},"c11":1180591620717411303424}\n'
    )


def test_no_row_is_no_line() -> None:
    assert list(FORMAT.rows([Column("a")], [[]])) == []


def test_the_last_line_of_an_engine_gets_its_end() -> None:
    assert FORMAT.copied is not None
    assert b"".join(FORMAT.copied([b'{"a":1}\n', b'{"a":2}'])) == b'{"a":1}\n{"a":2}\n'
