"""Which lines of which files differ from a revision, uncommitted and untracked ones among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError
from perftool.revisions.git import Git, GitError, top_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HUNK: Final = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_ESCAPE: Final = re.compile(r'\\(?:([0-7]{3})|([abtnvfr"\\]))')
_NAMED: Final = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}

Lines = tuple[tuple[int, int], ...] | None
"""Ranges of lines, first and last, from 1; None means the whole file."""


def changed_lines(root: Path, revision: str, variables: Mapping[str, str]) -> dict[str, Lines]:
    """Return the lines that differ from where the current branch left ``revision``, by path from ``root``.

    Files outside ``root`` are left out, deleted ones too. A range stands where lines were only taken away as well:
    the line that follows.
    raises: UsageError for a revision that does not exist or where there is no repository.
    """
    top = top_of(root, variables, option="--changed")
    git = Git(top, variables)
    try:
        commit = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except GitError as error:
        raise UsageError(f"no revision {revision!r} in this repository", hint="git log --oneline") from error
    try:
        base = git.ask("merge-base", commit, "HEAD")
    except GitError:
        # Histories that share nothing: everything counts that differs.
        base = commit
    patch = git.ask(
        "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--diff-filter=d",
        "--ignore-submodules=all", "--src-prefix=a/", "--dst-prefix=b/", base,
    )  # fmt: skip
    found: dict[str, Lines] = dict(_of_patch(patch))
    for name in git.names("ls-files", "--others", "--exclude-standard", "-z"):
        found[name] = None
    inside = root.resolve()
    return {
        (top / name).relative_to(inside).as_posix(): lines
        for name, lines in found.items()
        if (top / name).is_relative_to(inside)
    }


def _of_patch(patch: str) -> dict[str, Lines]:
    found: dict[str, list[tuple[int, int]]] = {}
    current: list[tuple[int, int]] | None = None
    for line in patch.split("\n"):
        if line.startswith("+++ "):
            name = _name(line[4:])
            current = found.setdefault(name, []) if name else None
        elif line.startswith("@@ ") and current is not None:
            hunk = _HUNK.match(line)
            if hunk is not None:
                start, count = int(hunk[1]), int(hunk[2] or 1)
                current.append((start, start + count - 1) if count else (start + 1, start + 1))
    return {name: tuple(ranges) for name, ranges in found.items()}


def _name(text: str) -> str:
    """Return the path of a ``+++`` line: git quotes odd names, and ends those with blanks by a tab."""
    text = text.rstrip("\t")
    if text.startswith('"') and text.endswith('"'):
        raw = _ESCAPE.sub(lambda m: chr(int(m[1], 8)) if m[1] else _NAMED[m[2]], text[1:-1])
        text = raw.encode("latin-1", "ignore").decode("utf-8", "surrogateescape") if not raw.isascii() else raw
    return text[2:] if text.startswith("b/") else ""


def touches(lines: Lines, first: int, last: int) -> bool:
    """Say whether any line from ``first`` to ``last`` is among ``lines``."""
    return lines is None or any(start <= last and first <= end for start, end in lines)
