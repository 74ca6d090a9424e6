"""Names of functions in foreign profiles, from the paths of their files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.naming import kind_of, module_of, qualified, unicode_of


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("/opt/venv/lib/python3.12/site-packages/sqlglot/parser.py", "sqlglot.parser"),
        ("/opt/venv/lib/python3.12/site-packages/sqlglot/__init__.py", "sqlglot"),
        ("/usr/lib/python3/dist-packages/apt/cache.py", "apt.cache"),
        ("/usr/lib/python3.13/json/encoder.py", "json.encoder"),
        ("/usr/lib/python3.13t/threading.py", "threading"),
        ("C:\\app\\Lib\\site-packages\\x\\y.py", "x.y"),
        ("C:\\app\\run.py", "run"),
        ("/srv/shop/prices.py", "prices"),
        ("shop/prices.py", "shop.prices"),
        ("./shop/prices.py", "shop.prices"),
        ("../../prices.py", "prices"),
        ("__init__.py", "__init__"),
        ("core.pyx", "core"),
        ("<frozen importlib._bootstrap>", "importlib._bootstrap"),
        ("<string>", ""),
        ("libc.so.6", ""),
        ("main.go", ""),
        ("", ""),
    ],
)
def test_module_of_a_file(file: str, module: str) -> None:
    assert module_of(file) == module


def test_qualified() -> None:
    assert qualified("Parser.parse", "sqlglot/parser.py") == "sqlglot.parser.Parser.parse"
    assert qualified("spin", "spin.py") == "spin.spin"
    assert qualified("main.main", "main.go") == "main.main"


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        ("f", "a.py", "python"),
        ("f", "<string>", "python"),
        ("f", "", "python"),
        ("f", "core.pyx", "python"),
        ("memcpy", "libc.so.6", "native"),
        ("main.main", "main.go", "native"),
        ("std::sort", "", "native"),
        ("_ZN3fooEv", "", "native"),
        ("0x7f00", "", "native"),
    ],
)
def test_kind_of(name: str, file: str, kind: str) -> None:
    assert kind_of(name, file) == kind


@given(name=st.text(st.characters(), max_size=20))
def test_unicode_of_can_be_encoded(name: str) -> None:
    shown = unicode_of(name)
    shown.encode("utf-8")
    if not any("\ud800" <= sign <= "\udfff" for sign in name):
        assert shown == name
