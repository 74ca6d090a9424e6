"""Reports name files without saying where on the machine they lie."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.capture import Function
from perftool.profiling.origins import origin, place


@pytest.mark.parametrize(
    ("name", "file", "expected"),
    [
        ("myapp.parse.rows", "/srv/app/myapp/parse.py", "myapp/parse.py"),
        ("__main__.work", "/srv/app/scripts/work.py", "scripts/work.py"),
        ("__main__.work", "/elsewhere/work.py", "work.py"),
        ("other.pkg.work", "/elsewhere/other/pkg/__init__.py", "other/pkg/__init__.py"),
        ("other.pkg.mod.Thing.work", "/elsewhere/other/pkg/mod.py", "other/pkg/mod.py"),
        ("yaml.load", "/srv/app/.venv/lib/python3.11/site-packages/yaml/__init__.py", "yaml/__init__.py"),
        ("yaml.load", r"C:\Users\ann\venv\Lib\site-packages\yaml\__init__.py", "yaml/__init__.py"),
        ("json.loads", r"C:\Python312\Lib\json\__init__.py", "json/__init__.py"),
        ("json.loads", "/opt/py/lib/python3.13t/json/__init__.py", "json/__init__.py"),
        ("importlib._bootstrap.f", "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>"),
        ("__main__.<module>", "<string>", "<string>"),
        ("PyList_Append", "", ""),
        ("a.b", "a/b.py", "a/b.py"),
    ],
)
def test_place(name: str, file: str, expected: str) -> None:
    assert place(Function(name, file), "/srv/app") == expected


def test_this_interpreter() -> None:
    assert place(Function("json.loads", json.__file__)) == "json/__init__.py"
    assert place(Function("pytest.main", pytest.__file__)) == "pytest/__init__.py"


@given(st.text("abc./", max_size=20), st.text("abc./", max_size=12))
def test_is_never_absolute(file: str, name: str) -> None:
    shown = place(Function(name, "/home/" + file), sys.prefix)
    assert not shown.startswith("/")


def test_doubled_slashes_do_not_make_it_absolute() -> None:
    assert not place(Function(".", "/home//"), sys.prefix).startswith("/")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (Function("myapp.parse.rows", "/srv/app/myapp/parse.py"), "own"),
        (Function("__main__.<module>", "<string>"), "own"),
        (Function("sqlglot.parser.Parser.parse", "/v/lib/python3.11/site-packages/sqlglot/parser.py"), "third"),
        (Function("yaml.load", "/usr/lib/python3/dist-packages/yaml/__init__.py"), "third"),
        (Function("json.decoder.decode", "/usr/lib/python3.12/json/decoder.py"), "stdlib"),
        (Function("json.decoder.decode", "json/decoder.py"), "stdlib"),
        (Function("json.decoder.decode"), "stdlib"),
        (Function("importlib._bootstrap._load", "<frozen importlib._bootstrap>"), "stdlib"),
        (Function("types.of", "/srv/app/types.py"), "own"),
        (Function("types.of", "app/types.py"), "own"),
        (Function("_PyEval_EvalFrameDefault", "/usr/bin/python3.11", kind="native"), "native"),
        (Function("garbage collection", kind="marker"), "marker"),
    ],
)
def test_origin(function: Function, expected: str) -> None:
    assert origin(function) == expected
