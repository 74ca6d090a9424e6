"""Calls are counted exactly, by call path, threads and generators too."""

from __future__ import annotations

import json
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.harness import calling
from perftool.bench.harness.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("few_objects")


def counts(tmp_path: Path, operation: Callable[[], object], operations: int = 2) -> dict[str, int]:
    """Return the calls by path below the operation's loop, functions by their last name."""
    target = ModuleType("target")
    vars(target)["bench"] = operation
    built = Operation(target, {"factory": "bench", "direct": True})
    path = tmp_path / "calls.json"
    assert calling.called(built, {"operations": operations, "path": str(path)}) == {"operations": operations}
    table = json.loads(path.read_text())
    names = [row[0].rpartition(".")[2] for row in table["functions"]]
    found = {}
    for stack, _, (calls,) in table["samples"]:
        chain = [names[table["frames"][at][0]] for at in table["stacks"][stack]]
        if "timed" in chain:
            found[" ".join(chain[chain.index("timed") + 1 :])] = calls
    return found


def twice(work: Callable[[], object]) -> None:
    for _ in range(2):
        work()


def leaf() -> int:
    return 1


def test_calls_by_path(tmp_path: Path) -> None:
    def operation() -> None:
        leaf()
        twice(leaf)

    assert counts(tmp_path, operation) == {
        "": 1,
        "operation": 2,
        "operation leaf": 2,
        "operation twice": 2,
        "operation twice leaf": 4,
    }


def test_calls_that_raise_are_left(tmp_path: Path) -> None:
    def fails() -> None:
        raise KeyError

    def operation() -> None:
        for _ in range(3):
            try:
                fails()
            except KeyError:
                leaf()

    assert counts(tmp_path, operation)["operation leaf"] == 6


def test_generators_count_each_time_they_go_on(tmp_path: Path) -> None:
    def rows() -> Any:
        for _ in range(3):
            yield leaf()

    assert counts(tmp_path, lambda: sum(rows()), 1)["<lambda> rows leaf"] == 3


def test_threads_count_apart(tmp_path: Path) -> None:
    def operation() -> None:
        thread = threading.Thread(target=leaf)
        thread.start()
        thread.join()
        leaf()

    assert counts(tmp_path, operation, 1)["operation leaf"] == 1


def test_stops_at_a_number_of_paths_without_losing_its_place(tmp_path: Path, monkeypatch: Any) -> None:
    def deep(depth: int) -> None:
        if depth:
            deep(depth - 1)

    def operation() -> None:
        deep(50)
        leaf()
        leaf()

    monkeypatch.setattr(calling, "MOST_PATHS", 12)
    found = counts(tmp_path, operation, 1)
    assert len(found) <= 12
    assert "operation deep leaf" not in found


def code_of(text: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    return namespace["f"].__code__


def test_digest_is_of_what_code_does() -> None:
    plain = calling.digest(code_of("def f(x):\n    return x + 1"))
    assert plain == calling.digest(code_of("\n\n# moved\ndef f(x):\n    'documented'\n    return x + 1"))
    silent = [calling.digest(code_of(f"def f(x):\n    {text}x.go()")) for text in ("", "'documented'\n    ")]
    assert silent[0] == silent[1]
    assert plain != calling.digest(code_of("def f(x):\n    return x + 2"))
    assert plain != calling.digest(code_of("def f(x):\n    return x + 1.0"))
    assert calling.digest(code_of("def f():\n    return 'a'")) != calling.digest(code_of("def f():\n    return 'b'"))


def test_digest_leaves_out_functions_inside() -> None:
    one, other = ("def f(x):\n    return [{} for _ in x]".replace("{}", text) for text in ("1", "2"))
    assert calling.digest(code_of(one)) == calling.digest(code_of(other))
    sets = ("def f(x):\n    return x in {'a', 'b', 'c', 'd'}", "def f(x):\n    return x in {'d', 'c', 'b', 'a'}")
    assert calling.digest(code_of(sets[0])) == calling.digest(code_of(sets[1]))
