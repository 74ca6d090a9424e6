"""What is injected into another interpreter may use nothing but the standard library, of Python 3.9."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import perftool.bench.harness

FILES = sorted(Path(perftool.bench.harness.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_imports(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        for name in names:
            # memray counts allocations and is asked for before it is imported.
            assert name.partition(".")[0] in sys.stdlib_module_names | {"memray"}, f"{path.name} imports {name}"
