"""Digests of code: equal where nothing of the code changed, wherever it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from perftool.profiling.runtime import digests


def of(source: str, name: str = "f") -> str:
    namespace: dict[str, object] = {}
    exec(compile(source, "x.py", "exec"), namespace)
    return digests.digest(namespace[name].__code__)  # type: ignore[attr-defined]


PLAIN = "def f(a, b=1):\n    total = a + b\n    return [g for g in range(total)]\n"


@pytest.mark.parametrize(
    "other",
    [
        "\n\n\n" + PLAIN,
        "import os\n" + PLAIN.replace("    total", "    # a comment\n    total"),
        PLAIN.replace(":\n    total", ':\n    """Say what it does."""\n    total'),
        PLAIN.replace("b=1", "b=2"),
    ],
    ids=["moved", "commented", "documented", "another default"],
)
def test_what_is_not_in_the_code_does_not_count(other: str) -> None:
    assert of(other) == of(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace("a + b", "a - b"),
        PLAIN.replace("range(total)", "range(total + 1)"),
        PLAIN.replace("total", "whole"),
        PLAIN.replace("range", "reversed"),
    ],
)
def test_what_is_in_the_code_counts(other: str) -> None:
    assert of(other) != of(PLAIN)


def test_constants_of_equal_value_and_other_type_differ() -> None:
    assert len({of(f"def f():\n    return {value}\n") for value in ("1", "1.0", "True", "'1'", "b'1'")}) == 5


def test_a_function_inside_does_not_count_but_is_its_own() -> None:
    inside = "def f():\n    def g():\n        return {}\n    return g\n"
    assert of(inside.format(1)) == of(inside.format(2))


def test_every_process_says_the_same() -> None:
    source = "def f(x):\n    return x in {'a', 'b', 'c', 1, None, ('d', 2.5)}\n"
    code = f"import sys; sys.path[:0] = [{str(Path(digests.__file__).parent)!r}]\nimport digests\nexec({source!r})\n"
    said = {
        subprocess.run(
            [sys.executable, "-c", code + "print(digests.digest(f.__code__))"],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1", "2")
    }
    assert said == {of(source)}
