"""Files as a checkout knows them, wherever the code was loaded from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.culprit.definitions import Text
from perftool.culprit.trees import Tree, module_in, on_disk, texts
from tests.culprit.made import capture

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "prices.py").write_text("def total(): pass\n")
    (tmp_path / "bench.py").write_text("")
    return on_disk(tmp_path)


def test_a_file_of_the_checkout(tree: Tree) -> None:
    assert tree.relative(f"{tree.root}/src/shop/prices.py") == "src/shop/prices.py"
    assert tree.relative("src/shop/prices.py") == "src/shop/prices.py"


@pytest.mark.parametrize(
    "file", ["/venv/lib/python3.11/site-packages/shop/prices.py", "/elsewhere/checkout/src/shop/prices.py"]
)
def test_a_file_that_came_from_it(tree: Tree, file: str) -> None:
    assert tree.relative(file, "shop.prices.total") == "src/shop/prices.py"


def test_an_environment_inside_is_none_of_it(tree: Tree) -> None:
    assert tree.relative(f"{tree.root}/.venv/lib/python3.11/site-packages/json/x.py", "json.x.f") is None


@pytest.mark.parametrize(
    ("file", "function"),
    [
        ("<string>", "shop.f"),
        ("", "shop.f"),
        ("/usr/lib/python3.11/json/encoder.py", "json.encoder.f"),
        ("/x/bench.py", ""),
    ],
)
def test_other_files_are_none_of_it(tree: Tree, file: str, function: str) -> None:
    assert tree.relative(file, function) is None


@pytest.mark.parametrize(
    ("function", "file", "module"),
    [
        ("shop.prices.Basket.add", "src/shop/prices.py", "shop.prices"),
        ("shop.f", "shop/__init__.py", "shop"),
        ("bench.bench_x", "benchmarks/bench.py", "bench"),
        ("__main__.f", "shop/cli.py", "__main__"),
        ("other.f", "shop/cli.py", ""),
    ],
)
def test_the_module_that_a_name_begins_with(function: str, file: str, module: str) -> None:
    assert module_in(function, file) == module


def test_texts_of_what_ran_and_of_what_differs(tmp_path: Path) -> None:
    for side, number in (("a", 1), ("b", 2)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "app.py").write_text("def work(): pass\n")
        (tmp_path / side / "limits.py").write_text(f"MOST = {number}\n")
    trees = on_disk(tmp_path / "a"), on_disk(tmp_path / "b")
    ran = [capture({"work": 1.0, "lib.parse": 1.0}, folder=str(tmp_path / side)) for side in ("a", "b")]
    assert texts(trees, ([ran[0]], [ran[1]]), ["limits.py"]) == [
        Text("app", "def work(): pass\n", "def work(): pass\n"),
        Text("limits", "MOST = 1\n", "MOST = 2\n"),
    ]
