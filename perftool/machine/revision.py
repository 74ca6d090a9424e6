"""The revision of a project, read from git's own files; only "is it dirty" asks git."""

from __future__ import annotations

import os
from pathlib import Path

from perftool.model.environment import Source

# Updating a stored baseline changes a tracked file but nothing that is measured.
_STORED_BASELINES = ":(exclude,top,glob)**/baselines/**/*.json"


def read(project: Path, *, light: bool = False) -> Source | None:
    """Return commit, branch and state of the repository around ``project``, None where there is none.

    ``light`` starts no process: ``dirty`` is then unknown (None). Untracked files do not make a tree dirty, as in
    ``git describe --dirty``.
    """
    found = _git_folder(project)
    if found is None:
        return None
    git, common = found
    head = _line(git / "HEAD")
    if head.startswith("ref:"):
        name = head.removeprefix("ref:").strip()
        commit = _resolve(name, git, common)
        branch = name.removeprefix("refs/heads/")
    else:
        commit, branch = head or None, None
    return Source(commit=commit, branch=branch, dirty=None if light else _dirty(project))


def _git_folder(project: Path) -> tuple[Path, Path] | None:
    """Return the repository's folder and its common folder, which differ in a linked worktree."""
    start = Path(os.path.abspath(project))
    for folder in (start, *start.parents):
        git = folder / ".git"
        if git.is_file():
            text = _line(git)
            if not text.startswith("gitdir:"):
                return None
            git = folder / text.removeprefix("gitdir:").strip()
        if (git / "HEAD").is_file():
            shared = _line(git / "commondir")
            return git, git / shared if shared else git
    return None


def _resolve(name: str, git: Path, common: Path) -> str | None:
    """Return the commit that reference ``name`` points at, following symbolic references."""
    for _ in range(5):
        value = _line(git / name) or _line(common / name) or _packed(common / "packed-refs", name)
        if not value.startswith("ref:"):
            return value or None
        name = value.removeprefix("ref:").strip()
    return None


def _packed(path: Path, name: str) -> str:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    for line in text.splitlines():
        value, _, reference = line.partition(" ")
        if reference.strip() == name:
            return value
    return ""


def _dirty(project: Path) -> bool | None:
    """Ask git whether tracked files differ from the commit; None where git is missing or refuses."""
    import subprocess

    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain"]
    command += ["--untracked-files=no", "--", ":/", _STORED_BASELINES]
    try:
        done = subprocess.run(command, cwd=project, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return bool(done.stdout.strip()) if done.returncode == 0 else None


def _line(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.split("\n", 1)[0].strip()
