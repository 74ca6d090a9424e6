"""Plain values of marshal: what the interpreter writes is read, and nothing else is believed."""

from __future__ import annotations

import marshal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling import marshalled
from perftool.profiling.marshalled import DamagedError, value_of

ATOMS = st.none() | st.booleans() | st.integers(-(1 << 140), 1 << 140) | st.floats(allow_nan=False) | st.text()
KEYS = st.tuples(st.text(), st.integers(0, 9999), st.text())
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=9
)


def plain(value: Any) -> Any:
    """Return a value as it is read: dictionaries as lists of pairs."""
    if isinstance(value, dict):
        return [(plain(key), plain(held)) for key, held in value.items()]
    return tuple(map(plain, value)) if isinstance(value, tuple) else value


@given(value=VALUES, version=st.sampled_from([2, 3, 4]))
def test_reads_what_the_interpreter_writes(value: Any, version: int) -> None:
    assert value_of(marshal.dumps(value, version)) == plain(value)


def test_shared_values_are_the_same() -> None:
    shared = ("a.py", 3, "f")
    first, second = value_of(marshal.dumps((shared, shared)))  # type: ignore[misc]
    assert first is second


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "ends too early"),
        (b"i\x01", "ends too early"),
        (marshal.dumps(compile("1", "a", "eval")), "no plain value is marked 'c'"),
        (b"(\xff\xff\xff\x7f", "2147483647 are announced and 0 bytes are left"),
        (b"(\xff\xff\xff\xff", "-1 are announced"),
        (b"l\xff\xff\xff\x7f", "too many digits"),
        (b"r\x00\x00\x00\x00", "value 0 is referred to"),
        (b"\xa9\x01r\x00\x00\x00\x00", "value 0 is referred to"),
        (b"0", "a value is missing"),
        (b"{N0", "a value is missing"),
        (b")\x01" * 60 + b"N", "nested too deeply"),
    ],
)
def test_damage_is_told_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(DamagedError, match=rf"byte \d+: .*{said}"):
        value_of(data)


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marshalled, "_MOST_VALUES", 10)
    with pytest.raises(DamagedError, match="more than 10 values"):
        value_of(marshal.dumps((None,) * 20))


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value_of(data)
    except DamagedError:
        return
