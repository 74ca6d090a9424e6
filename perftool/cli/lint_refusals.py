"""Options of ``perftool lint`` that say nothing, or two things, together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.errors import UsageError

if TYPE_CHECKING:
    from perftool.cli.lint_request import Request


def refuse(request: Request) -> None:
    """Raise UsageError when the options do not go together: nothing that was asked for is passed over in silence."""
    standard_input = "-" in request.paths
    if "" in request.paths:
        raise UsageError("a path is empty", hint=". is the current folder; is a variable of the shell not set?")
    if request.stdin_name is not None and not standard_input:
        raise UsageError(
            "--stdin-filename names what comes from standard input, which is not read",
            hint=f"perftool lint - --stdin-filename {request.stdin_name or 'a.sql'}",
        )
    if standard_input and request.fix and not request.diff:
        raise UsageError("--fix cannot write standard input", hint="--diff shows what it would change")
    if request.unsafe and not (request.fix or request.diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff", hint="--diff --unsafe-fixes")
    if request.save_baseline and request.changed is not None:
        raise UsageError(
            "--save-baseline writes all findings, and --changed leaves most of them out", hint="leave out --changed"
        )
