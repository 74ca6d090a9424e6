"""Where a target begins: its own words are never read as options."""

from __future__ import annotations

import pytest
from typer.main import get_group

from perftool.cli.commands.profile import command
from perftool.cli.target_command import target_at

CPU = get_group(command).commands["cpu"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("script.py --rate 3", 0),
        ("--rate 200 -m pytest -x tests", 2),
        ("--rate=200 -mpytest -x", 1),
        ("-q -c 1", 1),
        ("-o out.html script.py", 2),
        ("-oout.html script.py", 1),
        ("-qo out.html script.py", 2),
        ("--native --no-children app", 2),
        ("--engine -m script.py", 2),
        ("- 1", 0),
        ("--rate 3 -- python x", None),
        ("--rate 3", None),
        ("--rate", None),
        ("", None),
        ("--mistyped script.py", 1),
    ],
)
def test_a_target_begins_with_its_first_word(words: str, expected: int | None) -> None:
    assert target_at(words.split(), CPU.params) == expected
