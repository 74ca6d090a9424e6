"""Benchmark names taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare import names


@pytest.mark.parametrize(
    ("name", "base", "gomaxprocs"),
    [("Sort-8", "Sort", "8"), ("Sort", "Sort", ""), ("Sort/n=1-8", "Sort", "8"), ("-8", "", "8"), ("A-", "A-", "")],
)
def test_base_and_gomaxprocs(name: str, base: str, gomaxprocs: str) -> None:
    assert names.base(name) == base
    assert names.part(name, "/gomaxprocs") == gomaxprocs


def test_parts() -> None:
    name = "Enc/format=json/size=4k/size=5k/plain-16"
    assert names.part(name, "/format") == "json"
    assert names.part(name, "/size") == "4k"
    assert names.part(name, "/plain") == ""
    assert names.part(name, "/form") == ""
    assert names.part("Enc/gomaxprocs=4", "/gomaxprocs") == "4"


@pytest.mark.parametrize(
    ("excluded", "left"),
    [
        ((), "Enc/format=json/size=4k-16"),
        (("/size",), "Enc/format=json-16"),
        (("/gomaxprocs",), "Enc/format=json/size=4k"),
        ((".name",), "*/format=json/size=4k-16"),
        ((".name", "/format", "/size", "/gomaxprocs"), "*"),
    ],
)
def test_without(excluded: tuple[str, ...], left: str) -> None:
    assert names.without("Enc/format=json/size=4k-16", excluded) == left


@given(st.text(max_size=30))
def test_a_name_without_nothing_is_itself(name: str) -> None:
    assert names.without(name, ()) == name
    assert names.without(name, ("/no-such-key",)) == name
