"""Every doubt that perftool can raise is told on a page, by its code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CODE = re.compile(r"[a-z]+\d*(-[a-z0-9]+)*")


def codes(source: str) -> set[str]:
    """Return the codes of doubts in a module: given by name, or first of (code, …) where a call takes them from one."""
    found: set[str] = set()
    indirect = False
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ReportWarning":
            (given,) = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            if isinstance(given, ast.Constant):
                found.add(str(given.value))
            else:
                indirect = True
    if indirect:
        firsts = [node.elts[0] for node in ast.walk(tree) if isinstance(node, ast.Tuple) and len(node.elts) > 1]
        words = [first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)]
        found.update(word for word in words if "-" in word and _CODE.fullmatch(word))
    return found


def test_every_doubt_is_told_on_a_page() -> None:
    raised = {code for path in (ROOT / "perftool").rglob("*.py") for code in codes(path.read_text(encoding="utf-8"))}
    assert {"nothing-differs", "cpu-scaling", "unusable-benchmark"} <= raised
    told = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert not sorted(code for code in raised if f"`{code}`" not in told)
