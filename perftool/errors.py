"""The one tree of errors and the exit codes they carry.

Third-party exceptions are translated at the border (``raise InputError(...) from error``); only
``perftool.cli.main`` catches these and only it exits.
"""

from __future__ import annotations

from typing import Final

EXIT_OK: Final = 0
EXIT_FAIL: Final = 1
EXIT_USAGE: Final = 2
EXIT_NOTHING_USABLE: Final = 3
EXIT_UNAVAILABLE: Final = 4
EXIT_OUTPUT: Final = 5
EXIT_BUG: Final = 70
EXIT_INTERRUPTED: Final = 130


class PerftoolError(Exception):
    """Stop the command with one clear line: what, where, what to do.

    ``message`` says what is wrong and where; ``hint`` is what to do about it, ideally a command that can
    be pasted. The class decides the exit code.
    """

    exit_code: int = EXIT_BUG

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PerftoolError):
    """Wrong arguments or configuration, or a named input that cannot be opened."""

    exit_code = EXIT_USAGE


class InputError(PerftoolError):
    """Nothing usable in an input, or no gating row could be decided."""

    exit_code = EXIT_NOTHING_USABLE


class UnavailableError(PerftoolError):
    """A database, profiler or extra is not available here."""

    exit_code = EXIT_UNAVAILABLE


class OutputError(PerftoolError):
    """The output cannot be written (disk full, no permission)."""

    exit_code = EXIT_OUTPUT


def missing_extra(package: str, extra: str) -> UnavailableError:
    """Say which extra brings ``package`` and print the exact install line."""
    return UnavailableError(f"{package} is not installed", hint=f"pip install 'perftool[{extra}]'")
