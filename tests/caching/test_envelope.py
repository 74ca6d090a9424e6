"""What others wrote is told from what we wrote."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.caching.envelope import RefusedError, seal, unseal


@given(st.binary(), st.none() | st.floats(0, 1e12))
def test_comes_back(value: bytes, expires: float | None) -> None:
    assert unseal(seal(value, expires)) == (value, expires)


@given(st.binary(), st.data())
def test_any_changed_byte_is_found(value: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(value, 1e9))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RefusedError):
        unseal(bytes(sealed))


@pytest.mark.parametrize("foreign", [b"", "text", 1, pickle.dumps([1]), seal(b"value", None)[:-1]], ids=repr)
def test_anything_else_is_refused(foreign: object) -> None:
    with pytest.raises(RefusedError):
        unseal(foreign)
