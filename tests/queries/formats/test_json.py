"""A JSON array, whole and broken."""

from __future__ import annotations

import json

from perftool.databases.api import Column
from perftool.queries.formats.json import FORMAT


def test_rows_are_objects_of_an_array() -> None:
    written = b"".join(FORMAT.rows([Column("a")], [[(1,)], [(2,), ("x\ny",)]]))
    assert written == b'[\n{"a":1},\n{"a":2},\n{"a":"x\\ny"}\n]\n'


def test_no_row_is_an_empty_array() -> None:
    assert json.loads(b"".join(FORMAT.rows([Column("a")], []))) == []


def test_a_broken_array_can_be_read_and_says_so() -> None:
    assert FORMAT.broken is not None
    assert json.loads(FORMAT.broken("gone", 0)) == [{"$error": "gone", "$rows": 0}]
    assert json.loads(b'[\n{"a":1}' + FORMAT.broken("gone", 1))[-1] == {"$error": "gone", "$rows": 1}


def test_an_engine_s_lines_become_the_same() -> None:
    assert FORMAT.copied is not None
    assert b"".join(FORMAT.copied([b'{"a":1}\n{"a":2}\n', b'{"a":3}\n'])) == b'[\n{"a":1},\n{"a":2},\n{"a":3}\n]\n'
