"""The whole environment: complete, cheap when light, and silent about who and where."""

from __future__ import annotations

import getpass
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from perftool.machine import environment
from perftool.machine.interpreter import DescribedPython

PROJECT = Path(__file__).parents[2]


def test_everything_is_there() -> None:
    found = environment.capture(label="lab", project=PROJECT)
    assert found.label == "lab"
    assert {"perftool", "msgspec", "sqlglot"} <= set(found.packages)
    assert all(found.identity)


def test_it_survives_json() -> None:
    found = environment.capture()
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found
    assert found.source is None


def test_no_host_no_user_no_absolute_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "")
    text = msgspec.json.encode(environment.capture(project=PROJECT)).decode()
    secrets = {socket.gethostname(), os.path.expanduser("~"), str(Path.cwd()), sys.prefix, sys.executable}
    for secret in secrets - {"", "/", "localhost"}:
        assert secret not in text
    assert not re.search(rf"\b{re.escape(getpass.getuser())}\b", text)
    assert "/home" not in text
    assert not re.search(r'"/\w', text)


def test_light_imports_nothing_heavy() -> None:
    heavy = "psutil subprocess importlib.metadata sysconfig rich sqlglot asyncio"
    code = f"""
import sys
from pathlib import Path
from perftool.machine.environment import capture
found = capture(project=Path({str(PROJECT)!r}), light=True)
assert found.packages == {{}}, found.packages
print(*[m for m in {heavy!r}.split() if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("ci", "machine", "label"),
    [
        ("true", "x86_64", "ci-linux-x64"),
        ("", "aarch64", "local-linux-arm64"),
        ("false", "riscv64", "local-linux-riscv64"),
    ],
)
def test_default_label(monkeypatch: pytest.MonkeyPatch, ci: str, machine: str, label: str) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "host", "6", "1", machine)))
    assert environment.default_label() == label


def test_another_python_stands_in() -> None:
    mine = environment.capture(light=True)
    other = msgspec.structs.replace(mine.python, version="3.99.0")
    found = environment.capture(python=DescribedPython(other, {"sqlglot": "1"}))
    assert (found.python.version, found.packages) == ("3.99.0", {"sqlglot": "1"})
