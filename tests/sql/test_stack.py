"""The stack of a process that parses foreign text."""

from __future__ import annotations

import subprocess
import sys

import pytest

from perftool.sql.stack import grown_stack

GROWN = """
import resource
resource.setrlimit(resource.RLIMIT_STACK, ({soft}, {hard}))
from perftool.sql.stack import grown_stack
print(grown_stack(), resource.getrlimit(resource.RLIMIT_STACK)[0])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets a stack grow after its process began")
@pytest.mark.parametrize(
    ("soft", "hard", "grown"),
    [("8 << 20", "-1", 64 << 20), ("8 << 20", "16 << 20", 16 << 20), ("1 << 20", "1 << 20", 1 << 20)],
)
def test_as_much_as_the_system_gives(soft: str, hard: str, grown: int) -> None:
    code = GROWN.format(soft=soft, hard=hard)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(grown), str(grown)]


def test_other_systems_have_what_is_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert grown_stack() == 8 << 20
