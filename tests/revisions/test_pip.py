"""The one test with pip itself, on a project that builds without a network."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from perftool.clock import SystemClock
from perftool.revisions import environments
from perftool.revisions.building import Build, build, interpreter
from perftool.revisions.variables import by_environment
from tests.revisions.repositories import environment, write

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "pkg"
version = "1"
"""
BACKEND = """
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "pkg-1-py3-none-any.whl"
    info = "pkg-1.dist-info/"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        wheel.write("pkg/__init__.py")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: pkg\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""


def test_the_same_version_is_installed_again_when_its_code_changed(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": PYPROJECT, "backend.py": BACKEND, "pkg/__init__.py": "state = 'first'\n"})
    states = []
    for code in ("first", "second"):
        write(tmp_path, {"pkg/__init__.py": f"state = {code!r}\n"})
        slot = environments.reserve(tmp_path / "cache", ["k"], [code])[0]
        variables = by_environment(environment(), slot.folder, tmp_path, (tmp_path, tmp_path))
        wanted = Build(
            "it", "pip install --no-index .", tmp_path, variables, sys.executable, tmp_path / "log", tmp_path
        )
        build(slot, wanted, SystemClock())
        environments.mark(slot, code)
        slot.lock.release()
        words = [interpreter(slot.folder), "-I", "-c", "import pkg; print(pkg.state)"]
        states.append(subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip())
    assert states == ["first", "second"]
