"""Real git repositories in temporary folders, and requests for two sides of them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perftool.clock import SystemClock
from perftool.revisions.api import Request
from perftool.revisions.opening import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.events import Progress
    from perftool.revisions.api import Prepared


def git(folder: Path, *words: str) -> str:
    options = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *options, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def commit(folder: Path, files: dict[str, str], message: str = "change") -> str:
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, files, "first")
    return folder


def environment(**more: str) -> dict[str, str]:
    left = {n: v for n, v in os.environ.items() if not n.startswith(("GIT_", "PYTHON", "PERFTOOL_", "VIRTUAL_ENV"))}
    return {**left, **more}


def request(root: Path, vs: str | None = "HEAD", **more: object) -> Request:
    given: dict[str, object] = {
        "root": root,
        "folder": root,
        "vs": vs,
        "vs_python": None,
        "python": sys.executable,
        "setup": "",
        "files": (),
        "targets": (),
        "cache": root / ".perftool/vs",
    }
    return Request(**{**given, **more})  # type: ignore[arg-type]


@dataclass
class Heard:
    """A listener that remembers."""

    notes: list[str] = field(default_factory=list)
    steps: list[Progress] = field(default_factory=list)

    def progress(self, event: Progress) -> None:
        self.steps.append(event)

    def note(self, message: str) -> None:
        self.notes.append(message)


@contextlib.contextmanager
def two_sides(
    asked: Request, heard: Heard | None = None, variables: dict[str, str] | None = None
) -> Iterator[tuple[Prepared, Prepared]]:
    given = environment() if variables is None else variables
    with opened(asked, variables=given, clock=SystemClock(), listener=heard or Heard()) as sides:
        yield sides


def run_python(side: Prepared, code: str) -> str:
    done = subprocess.run(
        [side.python, "-c", code], cwd=side.folder, env=side.variables, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def placed(side: Prepared, path: Path) -> Path:
    """Return where ``side`` has the user's ``path``, which is in the repository."""
    return side.tree / path.resolve().relative_to(side.home)
