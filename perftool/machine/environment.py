"""Everything a reader needs to know of where a run happened, in one call."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.machine import interpreter, memory, processor, revision, system
from perftool.model.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.machine.interpreter import DescribedPython

DEFAULT_PACKAGES: Final = ("perftool", "sqlglot", "sqlglotc", "memray", "psutil", "msgspec")
_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "i686": "x86", "i386": "x86"}
_OFF = {"", "0", "false", "no"}


def capture(
    *,
    label: str | None = None,
    packages: Sequence[str] = DEFAULT_PACKAGES,
    project: Path | None = None,
    light: bool = False,
    python: DescribedPython | None = None,
    root: Path = Path("/"),
) -> Environment:
    """Describe machine, interpreter, packages and the revision of ``project``.

    ``label`` names the environment (default: ``default_label``); ``packages`` are distributions whose versions
    matter; ``light`` starts no process and scans no metadata, for commands that measure nothing: build flags,
    versions of packages and "dirty" are then missing. ``python`` stands for this interpreter and its packages when
    another one is measured.
    """
    if python is not None:
        build, versions = python.python, python.packages
    else:
        build = interpreter.read(light=light)
        versions = {} if light else _versions(packages)
    return Environment(
        label=label or default_label(),
        os=system.read(root=root, light=light),
        cpu=processor.read(root=root, light=light),
        memory=memory.read(root),
        python=build,
        packages=versions,
        source=revision.read(project, light=light) if project is not None else None,
    )


def default_label() -> str:
    """Return ``ci-linux-x64`` or ``local-linux-x64``: whether CI runs it, the system and the architecture."""
    where = "local" if os.environ.get("CI", "").lower() in _OFF else "ci"
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "unknown")
    return f"{where}-{system.name()}-{_ARCHITECTURES.get(machine.lower(), machine.lower())}"


def _versions(packages: Sequence[str]) -> dict[str, str]:
    from perftool.machine.interpreter_facts import package_versions

    return dict(package_versions(packages))
