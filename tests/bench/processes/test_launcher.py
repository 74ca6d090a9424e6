"""What the helper may import: the smaller it is, the lower the floor of the memory that is reported."""

from __future__ import annotations

import subprocess
import sys

from perftool.bench.processes import launching


def test_it_imports_built_in_modules_only() -> None:
    code = f"""
import sys
before = set(sys.modules)
exec(compile(open({str(launching._SCRIPT)!r}).read(), "launcher", "exec"), {{"__name__": "launcher"}})
new = set(sys.modules) - before
print("imported", *sorted(new - set(sys.builtin_module_names)))
"""
    command = [sys.executable, "-I", "-S", "-E", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["imported"]


def test_it_ends_when_nobody_asks_any_more() -> None:
    command = [sys.executable, "-I", "-S", "-E", str(launching._SCRIPT), "2"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
