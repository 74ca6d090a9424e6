"""What surrounds functions in their source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.culprit.definitions import Text, defined, parsed
from perftool.culprit.naming import Named

PLAIN = """
import re
from functools import cache
from json import dumps

LIMIT = 5
PATTERN = re.compile("a")


def work(x, depth=1):
    return x + depth


def match(text):
    return PATTERN.match(text)


class Box:
    SIZE = 3

    def fits(self, x):
        return x < self.SIZE

    def named(self):
        return [dumps(one) for one in (LIMIT, Box.SIZE)]
"""


def why(old: str, new: str, text: str = PLAIN) -> dict[str, tuple[str, ...]]:
    """Return by the name of each function what differs around it after ``old`` became ``new``."""
    assert old in text
    found = defined([Text("app", text, text.replace(old, new))])
    return {name.name.removeprefix("app."): one.why for name, one in found.items() if one.why}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def work", "@cache\ndef work", {"work": ("decorators changed",)}),
        ("depth=1", "depth=2", {"work": ("defaults changed",)}),
        ('compile("a")', 'compile("b")', {"match": ("uses PATTERN, which changed",)}),
        ("SIZE = 3", "SIZE = 4", {
            "Box.fits": ("uses Box.SIZE, which changed",),
            "Box.named": ("uses Box.SIZE, which changed",),
        }),
        ("LIMIT = 5", "LIMIT = 6", {"Box.named": ("uses LIMIT, which changed",)}),
        ("from json import dumps", "from slow import dumps", {"Box.named": ("uses dumps, which changed",)}),
        ("return x + depth", "return depth + x", {}),
        ("import re\n", "import re\n\n\n", {}),
    ],
)  # fmt: skip
def test_says_what_differs_around_a_function(old: str, new: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert why(old, new) == expected


def test_a_decorator_may_change_how_often_a_function_runs() -> None:
    found = defined([Text("app", PLAIN, PLAIN.replace("def work", "@cache\ndef work"))])
    assert found[Named("app.work")].calls
    assert not found[Named("app.match")].calls


def test_knows_which_functions_were_rewritten() -> None:
    found = defined([Text("app", PLAIN, PLAIN.replace("return x + depth", '"""Add."""\n    return x + 2 * depth'))])
    assert [name.name for name, one in found.items() if one.rewritten] == ["app.work"]


def test_a_docstring_is_no_rewriting() -> None:
    found = defined([Text("app", PLAIN, PLAIN.replace("return x + depth", '"""Add."""\n    return x + depth'))])
    assert not any(one.rewritten for one in found.values())


@pytest.mark.parametrize(
    "user",
    [
        "from shop.limits import MOST\n\ndef work():\n    return MOST\n",
        "from shop import limits\n\ndef work():\n    return limits.MOST\n",
        "import shop.limits as limits\n\ndef work():\n    return limits.MOST\n",
        "from .limits import MOST as most\n\ndef work():\n    return most\n",
    ],
)
def test_constants_of_other_modules_count(user: str) -> None:
    constants = Text("shop.limits", "MOST = 1\n", "MOST = 2\n")
    found = defined([constants, Text("shop.work", user, user)])
    assert found[Named("shop.work.work")].uses


def test_a_function_of_one_side_is_not_defined_on_both() -> None:
    found = defined([Text("app", "def a(): pass\n", "def a(): pass\ndef b(): pass\n")])
    assert list(found) == [Named("app.a")]
    assert not defined([Text("app", None, "def a(): pass\n")])


def test_functions_inside_functions_and_conditions_are_found() -> None:
    source = parsed(
        "try:\n    def a():\n        if 1:\n            def b(): pass\n"
        "except E:\n    class C:\n        def d(self): pass\n"
    )
    assert source is not None
    assert set(source.functions) == {"a", "a.<locals>.b", "C.d"}


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert parsed(text) is None or not defined([Text("app", text, None)])
