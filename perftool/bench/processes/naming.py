"""Names of commands in a report: the command line, without the folders of this machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

# An absolute or home path: not within a word, an option's value or a URL counts too (--file=/srv/me/x, but not a//b).
_PATH = re.compile(r"(?<![\w./:{}-])(~[\w.-]*)?/[^\s'\"`;|&<>()$,:=]+")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/urandom")
_MOST_PARTS = 6


def case_names(commands: Sequence[str]) -> list[str]:
    """Return a name for each command: absolute paths keep only as many last parts as tell the commands apart.

    raises: UsageError when two commands are the same.
    """
    tidy = [" ".join(command.split()) for command in commands]
    for index, command in enumerate(tidy):
        if command in tidy[:index]:
            raise UsageError(
                f"--command {command!r} is given twice", hint="compare two reports to compare it with itself"
            )
    for parts in range(1, _MOST_PARTS + 1):
        names = [without_folders(command, parts) for command in tidy]
        if len(set(names)) == len(names):
            return names
    return [f"{name} #{number}" for number, name in enumerate(names, start=1)]


def without_folders(text: str, parts: int = 1) -> str:
    """Reduce every absolute path in ``text`` to its last ``parts`` parts."""

    def shorten(match: re.Match[str]) -> str:
        path = match[0]
        if path in _DEVICES:
            return path
        kept = [p for p in path.split("/") if p and not p.startswith("~")]
        return "/".join(kept[-parts:]) if kept else path

    return _PATH.sub(shorten, text)
