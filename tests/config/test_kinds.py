"""Values of settings are read from TOML and text and written as TOML."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.config.kinds import (
    Choice,
    Date,
    Duration,
    Flag,
    Fraction,
    Integer,
    Pairs,
    Several,
    Size,
    Text,
    Words,
    quote,
)


@pytest.mark.parametrize(
    ("kind", "given_", "read"),
    [
        (Integer(), "12", 12),
        (Integer(1, 5), 5, 5),
        (Duration(), "20ms", 0.02),
        (Duration(), "1.5 s", 1.5),
        (Duration(), "2min", 120.0),
        (Duration(), "250us", 0.00025),
        (Duration(), "250µs", 0.00025),
        (Duration(), 3, 3.0),
        (Duration(), ".5s", 0.5),
        (Size(), "1MiB", 1 << 20),
        (Size(), "5 MB", 5_000_000),
        (Size(), 17, 17),
        (Fraction(), "20%", 0.2),
        (Fraction(), "12.5 %", 0.125),
        (Fraction(), 0.2, 0.2),
        (Fraction(), "0.2", 0.2),
        (Fraction(open_ends=True), "5%", 0.05),
        (Flag(), True, True),
        (Flag(), "off", False),
        (Flag(), " YES ", True),
        (Choice(("a", "b")), "b", "b"),
        (Text(), "x y", "x y"),
        (Words(), ["a", "b"], ("a", "b")),
        (Words(), "a, b,", ("a", "b")),
        (Pairs(), ["jit=off", "switch=a=on,b=on"], ("jit=off", "switch=a=on,b=on")),
        (Several(("a", "b")), "b,a,b", ("a", "b")),
        (Several(("a", "b")), [], ()),
    ],
)
def test_reads(kind: Any, given_: object, read: object) -> None:
    assert kind.read(given_) == read
    assert type(kind.read(given_)) is type(read)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        *[(Integer(1, 5), wrong) for wrong in (0, 6, "x", "", 1.0, True, None, "9" * 30, [1])],
        *[(Duration(1e-5), wrong) for wrong in ("20 parsecs", "", "ms", "-1s", True, None, 1e-6, float("nan"), 1e300)],
        *[(Size(), wrong) for wrong in ("0B", "1 XB", -1, float("inf"), "0.2B")],
        *[(Fraction(), wrong) for wrong in ("20%%", "-5%", -0.1, False, float("nan"), "twenty")],
        *[(Fraction(most=1.0), wrong) for wrong in (1.1, "101%")],
        *[(Fraction(open_ends=True), wrong) for wrong in (0, 1, "100%", 1.5)],
        *[(Flag(), wrong) for wrong in (1, 0, "maybe", None)],
        *[(Choice(("a", "b")), wrong) for wrong in ("c", 1, None, ["a"])],
        *[(Text(), wrong) for wrong in (1, "a\nb", None)],
        *[(Several(("a", "b")), wrong) for wrong in ("a,c", 1, ["a", 2])],
        *[(Words(), wrong) for wrong in (1, ["a", 2], None)],
        *[(Pairs(), wrong) for wrong in (1, ["jit"], ["=off"], "jit=off,x")],
    ],
)
def test_refuses_saying_what_it_wants(kind: Any, wrong: object) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        kind.read(wrong)
    assert str(caught.value) == kind.name


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (Duration(), 0.02, '"20ms"'),
        (Duration(), 60.0, '"1min"'),
        (Duration(), 0.0, '"0s"'),
        (Duration(), 1.25e-7, '"125ns"'),
        (Duration(), 90.0, '"1.5min"'),
        (Size(), 1 << 20, '"1MiB"'),
        (Size(), 1000, '"1000B"'),
        (Fraction(), 0.2, '"20%"'),
        (Fraction(), 0.005, '"0.5%"'),
        (Fraction(open_ends=True), 0.05, "0.05"),
        (Words(), ("a", 'b"'), '["a", "b\\""]'),
        (Words(), (), "[]"),
        (Several(("a", "b")), ("a", "b"), '["a", "b"]'),
        (Flag(), True, "true"),
    ],
)
def test_writes_the_short_form(kind: Any, value: object, written: str) -> None:
    assert kind.write(value) == written


def back(kind: Any, value: object) -> object:
    return kind.read(tomllib.loads(f"x = {kind.write(value)}")["x"])


@given(st.floats(min_value=1e-9, max_value=1e6))
def test_a_duration_survives_to_six_digits(value: float) -> None:
    assert back(Duration(), value) == pytest.approx(value, rel=1e-5)


@given(st.integers(min_value=0, max_value=1000))
def test_whole_milliseconds_survive_exactly(value: int) -> None:
    assert Duration().read(f"{value}ms") == value / 1000


@given(st.text())
def test_quoted_text_is_toml(text: str) -> None:
    assert tomllib.loads(f"x = {quote(text)}")["x"] == text


@given(st.lists(st.text(alphabet="ab\"\\, 'é")).map(tuple))
def test_words_survive(words: tuple[str, ...]) -> None:
    assert back(Words(), words) == words


@given(st.integers(min_value=0, max_value=10**9), st.booleans())
def test_integers_and_flags_survive(number: int, flag: bool) -> None:
    assert back(Integer(), number) == number
    assert back(Flag(), flag) is flag


def test_a_day_is_text_or_a_date_of_toml() -> None:
    assert Date().read("2026-12-31") == Date().read(date(2026, 12, 31)) == "2026-12-31"
    assert Date().write("2026-12-31") == '"2026-12-31"'
    for wrong in ("2026-13-01", "31.12.2026", "2026-W01-1", datetime(2026, 12, 31), 20261231, None):
        with pytest.raises(ValueError, match="a day such as"):
            Date().read(wrong)
