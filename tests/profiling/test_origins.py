"""Whose code a function is, and files that name no machine."""

from __future__ import annotations

import sysconfig

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.capture import Function
from perftool.profiling.origins import origin, package, short_files


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (Function("myapp.parse.rows", "/srv/app/myapp/parse.py"), "own"),
        (Function("__main__.work", "/srv/app/work.py"), "own"),
        (Function("__main__.<module>", "<string>"), "own"),
        (Function("sqlglot.parser.Parser.parse", "/v/lib/python3.11/site-packages/sqlglot/parser.py"), "third"),
        (Function("yaml.load", "/usr/lib/python3/dist-packages/yaml/__init__.py"), "third"),
        (Function("yaml.load", r"C:\Users\ann\venv\Lib\site-packages\yaml\__init__.py"), "third"),
        (Function("json.decoder.decode", "/usr/lib/python3.12/json/decoder.py"), "stdlib"),
        (Function("json.decoder.decode", "/opt/py/lib/python3.13t/json/decoder.py"), "stdlib"),
        (Function("json.decoder.decode", "json/decoder.py"), "stdlib"),
        (Function("json.decoder.decode", r"C:\Python312\Lib\json\decoder.py"), "stdlib"),
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


def test_this_interpreter() -> None:
    folders = sysconfig.get_paths()
    assert origin(Function("json.loads", folders["stdlib"] + "/json/__init__.py")) == "stdlib"
    assert origin(Function("pytest.main", folders["purelib"] + "/pytest/__init__.py")) == "third"


def test_package() -> None:
    assert package(Function("sqlglot.parser.Parser.parse")) == "sqlglot"
    assert package(Function("PyList_Append", kind="native")) == ""


def short(*files: str, root: str = "") -> list[str]:
    return list(short_files([Function("f", file) for file in files], root).values())


def test_files_are_relative_to_what_they_belong_to() -> None:
    assert short(
        "/home/ann/app/.venv/lib/python3.11/site-packages/sqlglot/parser.py", "/usr/lib/python3.11/json/decoder.py",
        "/home/ann/app/src/shop/prices.py", "", "<string>", root="/home/ann/app",
    ) == ["sqlglot/parser.py", "json/decoder.py", "src/shop/prices.py", "", "<string>"]  # fmt: skip


def test_without_a_root_what_they_have_in_common_goes() -> None:
    assert sorted(short("/home/ann/app/a.py", "/home/ann/app/b/c.py")) == ["a.py", "b/c.py"]
    assert short("/home/ann/app/a.py") == ["a.py"]
    assert sorted(short("/home/ann/a.py", "/home/bob/b.py", "/srv/x.py")) == ["a.py", "b.py", "srv/x.py"]


@given(st.lists(st.from_regex(r"\A(/home/ann|/Users/bob|/srv|C:/Users/eve)(/[a-z]{1,3}){1,4}\.py\Z"), max_size=6))
def test_no_short_file_is_absolute_or_names_a_home(files: list[str]) -> None:
    for name in short(*files):
        assert not name.startswith("/")
        assert ":" not in name
        assert not {"ann", "bob", "eve"} & set(name.split("/")[:2]) or name.split("/")[0] not in {"home", "Users"}
