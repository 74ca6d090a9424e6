"""Git as a child process that cannot be led astray: no hooks, no prompts, none of a calling hook's variables."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Inside a git hook these point at the repository, index or quarantine of the command that is running.
_OF_A_CALLER: Final = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_OPTIONS: Final = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "advice.detachedHead=false",
    "submodule.recurse=false",
)


class GitError(InputError):
    """Git refused; the text is the line in which it says why."""


@dataclass(frozen=True, slots=True)
class Git:
    """Git started in ``folder`` with ``variables``."""

    folder: Path
    variables: Mapping[str, str]

    def ask(self, *words: str) -> str:
        """Return what ``git words`` prints, without the newline at its end.

        raises: GitError; UnavailableError when git is not installed.
        """
        import subprocess

        options = [part for option in _OPTIONS for part in ("-c", option)]
        try:
            done = subprocess.run(
                ["git", *options, *words],
                cwd=self.folder,
                env=clean(self.variables),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            if error.filename == str(self.folder):
                raise
            hint = "install git, or give a second checkout: --vs ../other"
            raise UnavailableError("git is not installed, and --vs needs it for a revision", hint=hint) from error
        if done.returncode != 0:
            lines = os.fsdecode(done.stderr).strip().splitlines() or [f"exit code {done.returncode}"]
            # What went wrong comes first; advice follows it.
            fatal = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
            raise GitError(fatal[0].removeprefix("fatal: ").removeprefix("error: "))
        return os.fsdecode(done.stdout).removesuffix("\n")

    def names(self, *words: str) -> list[str]:
        """Return the NUL-separated names that ``git words`` prints."""
        return [name for name in self.ask(*words).split("\0") if name]


def of_no_caller(variables: Mapping[str, str]) -> dict[str, str]:
    """Return ``variables`` without those by which git tells a hook which repository and index it serves."""
    return {name: value for name, value in variables.items() if name not in _OF_A_CALLER}


def clean(variables: Mapping[str, str]) -> dict[str, str]:
    """Return ``variables`` for a git process that serves nobody else's index and speaks English."""
    return {**of_no_caller(variables), "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def top_of(folder: Path, variables: Mapping[str, str], *, option: str = "--vs") -> Path:
    """Return the top folder of the working tree around ``folder``; ``option`` is what asks for it.

    raises: UsageError where there is none; UnavailableError when git is not installed.
    """
    try:
        return Path(Git(folder, variables).ask("rev-parse", "--show-toplevel")).resolve()
    except GitError as error:
        if "not a git repository" in str(error):
            other = ", or give a second checkout: --vs ../other" if option == "--vs" else ""
            hint = f"run it inside the project's checkout{other}"
            raise UsageError(f"{option} needs a git repository and there is none here", hint=hint) from error
        if "dubious ownership" in str(error):
            hint = "if it is yours: git config --global --add safe.directory FOLDER, with the folder that git names"
            raise UsageError(f"git does not trust this repository: {error}", hint=hint) from error
        if "work tree" in str(error):
            hint = "a bare repository has none: git worktree add ../main main, and run it there"
            raise UsageError(f"{option} needs a checkout, and there is no working tree here", hint=hint) from error
        raise InputError(f"git cannot read this repository: {error}") from error
