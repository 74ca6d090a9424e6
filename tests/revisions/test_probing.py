"""What an interpreter says of itself, and which origins of code are refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perftool.errors import InputError, UsageError
from perftool.revisions import probing
from perftool.revisions.probing import Places, Probed
from tests.revisions.repositories import environment, write


def probed(**origins: str) -> Probed:
    return Probed("3", "3", "cpython", "python", "/", {}, origins)


def test_an_interpreter_answers(tmp_path: Path) -> None:
    write(tmp_path, {"json.py": "raise SystemExit('the folder must not be imported from')", "pkg/__init__.py": "1/0"})
    found = probing.ask(sys.executable, environment(), tmp_path, ["nothing", "xml"])
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert found.origins["nothing"] == ""
    assert Path(found.origins["xml"]).is_dir()
    assert "pytest" in found.packages


def test_packages_are_found_but_not_run(tmp_path: Path) -> None:
    write(tmp_path, {"pkg/__init__.py": "1/0"})
    found = probing.ask(sys.executable, environment(PYTHONPATH=str(tmp_path)), tmp_path, ["pkg"])
    assert found.origins == {"pkg": str(tmp_path / "pkg")}


@pytest.mark.parametrize("python", ["/bin/false", "/no/python"])
def test_what_is_no_interpreter(tmp_path: Path, python: str) -> None:
    with pytest.raises(UsageError, match=r"interpreter|did not answer"):
        probing.ask(python, environment(), tmp_path)


def test_top_level_packages(tmp_path: Path) -> None:
    files = ["one/__init__.py", "src/two/__init__.py", "src/three.py", "four.py", "plain/x.py"]
    others = ["setup.py", "conftest.py", "bench_x.py", "test_x.py", "tests/__init__.py", "not-a-name.py"]
    write(tmp_path, dict.fromkeys(files + others, ""))
    assert probing.top_level(tmp_path) == {"one", "two", "three", "four"}


def test_origins(tmp_path: Path) -> None:
    own, home, elsewhere = tmp_path / "a", tmp_path / "home", tmp_path / "site"
    places = Places((own,), (home,))

    def check(mine: set[str], **origins: Path | str) -> None:
        probing.check("base", probed(**{n: str(o) for n, o in origins.items()}), mine, places, hint="h")

    check({"pkg"}, pkg=own / "pkg", gone="", time="built-in")
    check(set(), pkg=elsewhere / "pkg")
    with pytest.raises(InputError, match="the base side would import pkg from") as caught:
        check({"pkg"}, pkg=elsewhere / "pkg")
    assert caught.value.hint == "h"
    with pytest.raises(InputError, match="which is not its code"):
        check(set(), pkg=home / "pkg")
