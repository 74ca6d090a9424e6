"""Make both sides ready, hand them over, and remove what was made for them whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from perftool.errors import OutputError, UsageError
from perftool.revisions import sides, trees
from perftool.revisions.git import of_no_caller
from perftool.revisions.interruption import orderly
from perftool.revisions.sides import Side
from perftool.store import atomic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.revisions.api import Prepared, Request


@contextlib.contextmanager
def opened(
    request: Request, *, variables: Mapping[str, str], clock: Clock, listener: Listener
) -> Iterator[tuple[Prepared, Prepared]]:
    """Give both sides of ``request``, base first, ready to be measured.

    ``variables`` are the user's environment. Worktrees are removed at the end, also after an exception, Ctrl-C,
    SIGTERM or SIGHUP; after SIGKILL the next call removes them. Environments stay below the cache.
    raises: UsageError for a side that cannot be named; InputError for one that cannot be built or would import
    other code than its own; UnavailableError without git where it is needed.
    cost: two checkouts; a build of each side whose code has none yet.
    """
    if (request.vs is None) == (request.vs_python is None):
        raise UsageError(
            "a run compares either two states of the code or two interpreters",
            hint="give --vs or --vs-python, not both: two differences at once cannot be told apart",
        )
    _make_cache(request.cache)
    # In a git hook, what a set-up command asks git must be answered for its own tree.
    variables = of_no_caller(variables)
    python = _absolute(request.python, request.folder, variables)
    other = python if request.vs_python is None else _absolute(request.vs_python, request.folder, variables)
    with orderly(), contextlib.ExitStack() as stack:
        pair = stack.enter_context(trees.placed(request, variables))
        base, now = Side("base", pair.base, request, other), Side("now", pair.now, request, python)
        made = sides.build_both((base, now), variables, stack, clock, listener) if request.setup.strip() else []
        # What was built is each side's own; the benchmarks are laid over it afterwards.
        overlaid = [() if side.in_place() else pair.overlay.apply(side.tree.path) for side in (base, now)]
        if made:
            ready = (
                sides.found_in_environment(base, now, made[0], variables),
                sides.found_in_environment(now, base, made[1], variables),
            )
        else:
            ready = sides.found_by_path(base, now, variables), sides.found_by_path(now, base, variables)
        yield replace(ready[0], overlaid=overlaid[0]), ready[1]


def _absolute(python: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Return the interpreter's path, which is started in other folders; links stay, a venv is known by them."""
    if os.sep in python or (os.altsep and os.altsep in python):
        return os.path.abspath(folder / python)
    found = shutil.which(python, path=variables.get("PATH"))
    if found is None:
        raise UsageError(f"no interpreter {python!r} on the path", hint="give its path: .venv/bin/python")
    return os.path.abspath(found)


def _make_cache(cache: Path) -> None:
    ignore = cache / ".gitignore"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot make the folder {cache}: {reason}", hint="write to a folder that you own") from error
    if not ignore.exists():
        atomic.write_bytes(ignore, b"*\n")
