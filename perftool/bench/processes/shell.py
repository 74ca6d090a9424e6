"""Decide what is started for a command line: the program itself, or a shell that reads the line."""

from __future__ import annotations

import shlex

from perftool.errors import UsageError

# Anything that a POSIX shell would treat otherwise than shlex does. Quotes and backslashes mean the same to both.
_SHELL_CHARACTERS = frozenset("|&;<>()$`*?[]#~=%{}!\n")
# Words that only a shell knows; true, echo, test, printf, kill and pwd are programs as well.
_SHELL_WORDS = frozenset(
    """
    . : alias bg break case cd command continue eval exec exit export fg for getopts hash if jobs read readonly return
    set shift source times trap type ulimit umask unalias unset until wait while
    """.split()  # noqa: SIM905
)


def argv_for(line: str, shell: str = "auto") -> tuple[str, ...]:
    """Return the words to start for ``line``.

    ``shell``: ``auto`` (or ``default``) starts the program itself where that is the same, and ``sh -c`` where the
    line needs a shell; ``none`` never uses one; any other word is the shell to use with ``-c``.
    raises: UsageError for an empty line or an unfinished quotation.
    """
    if not line.strip():
        raise UsageError("--command is empty", hint="perftool bench --command 'python -c pass'")
    if not shell.strip():
        raise UsageError("--shell is empty", hint="--shell auto, none, or a shell such as bash")
    if shell not in {"auto", "default", "none"}:
        return (*shlex.split(shell), "-c", line)
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"--command {line!r}: {str(error).lower()}", hint="close the quotation") from error
    if not words:
        raise UsageError(
            f"--command {line!r} is only quotation marks", hint="perftool bench --command 'python -c pass'"
        )
    if shell != "none" and needs_shell(line, words[0]):
        return ("sh", "-c", line)
    return tuple(words)


def needs_shell(line: str, first: str) -> bool:
    """Return whether a shell would do something else with ``line`` than start ``first`` with the words after it."""
    return first in _SHELL_WORDS or bool(_SHELL_CHARACTERS & set(_outside_single_quotes(line)))


def _outside_single_quotes(line: str) -> str:
    """Return ``line`` without what single quotes protect from a shell, and without escaped characters."""
    kept = []
    quote = ""
    characters = iter(line)
    for character in characters:
        if quote == "'":
            quote = "" if character == "'" else quote
        elif character == "\\":
            next(characters, None)
        elif character == '"':
            quote = "" if quote else '"'
        elif character == "'" and not quote:
            quote = "'"
        elif not quote or character in "$`":
            kept.append(character)
    return "".join(kept)
