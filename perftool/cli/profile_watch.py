"""Carry out ``perftool profile watch``: profiles of a running service, again and again, in a folder of bounded size."""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from perftool.cli import profile_fetch, profile_report, session
from perftool.errors import EXIT_INTERRUPTED, EXIT_OK, OutputError, UnavailableError, UsageError
from perftool.store.reports import path_safe, save_run

if TYPE_CHECKING:
    from perftool.cli.profile_fetch import Request
    from perftool.config.schema import Settings

_FOLDER: Final = ".perftool/watch"
_OURS: Final = re.compile(r"\d{8}-\d{6}-.*\.(pb\.gz|json)")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How often, how many, and how much is kept: ``every`` seconds, ``count`` captures (0: until Ctrl-C).

    Of ``folder`` only the newest ``keep`` captures stay, and no more than ``most_bytes`` of files.
    """

    every: float
    count: int
    keep: int
    most_bytes: int
    folder: str | None = None


def plan(every: str, count: int, keep: int, most: str, folder: str | None) -> Plan:
    """Return what the options say.

    raises: UsageError for a time or a size that is none.
    """
    from perftool.config.kinds import Duration, Size

    try:
        between = Duration().read(every)
    except ValueError as error:
        raise UsageError(f"--every {every}: not {error}", hint="for example --every 1min") from error
    try:
        size = Size().read(most)
    except ValueError as error:
        raise UsageError(f"--max-size {most}: not {error}", hint="for example --max-size 500M") from error
    return Plan(every=between, count=count, keep=keep, most_bytes=size, folder=folder)


def run(asked: Request, how: Plan, *, quiet: bool) -> int:
    """Take profiles until all are taken or Ctrl-C; a service that is away for a while is waited for.

    raises: UnavailableError when it does not answer the first time; OutputError when the folder cannot be written.
    """
    if asked.kind == "goroutine":
        raise UsageError("stacks of this moment are not watched", hint="perftool profile fetch URL --goroutine")
    settings = session.settings()
    folder = Path(how.folder) if how.folder else settings.root / _FOLDER / path_safe(profile_fetch.host(asked.url))
    settings = replace(settings, profiling=replace(settings.profiling, folder=str(folder.absolute())))
    taken, away = 0, ""
    due = time.monotonic()
    try:
        while not how.count or taken < how.count:
            time.sleep(max(0.0, due - time.monotonic()))
            # What came late is not made up for: captures keep their distance.
            due = max(due, time.monotonic() - how.every) + how.every
            try:
                _take(asked, settings, folder, how)
            except UnavailableError as error:
                if not taken:
                    raise
                if error.message != away:
                    _say(f"{error.message}: waiting for it", quiet=quiet)
                away = error.message
                continue
            taken += 1
            if away:
                _say(f"{profile_fetch.host(asked.url)} answers again", quiet=quiet)
                away = ""
            _say(f"{taken}{f'/{how.count}' if how.count else ''}  {_newest(folder)}", quiet=quiet)
    except KeyboardInterrupt:
        _ended(taken, folder, quiet=quiet)
        return EXIT_INTERRUPTED
    _ended(taken, folder, quiet=quiet)
    return EXIT_OK


def _take(asked: Request, settings: Settings, folder: Path, how: Plan) -> None:
    capture = profile_fetch.taken(asked, quiet=True)
    shelf, profile = profile_fetch.kept(asked, capture, settings)
    if shelf.errors:
        raise shelf.errors[0]
    report = profile_report.build(profile, settings)
    save_run(report, folder, "-".join(["profile", *profile.measures]), latest=False)
    retain(folder, keep=how.keep, most_bytes=how.most_bytes)


def retain(folder: Path, *, keep: int, most_bytes: int) -> None:
    """Remove the oldest captures and reports until ``keep`` of each are left and their files fit in ``most_bytes``.

    The newest of each stays whatever its size. Only files that begin with a time, as ours do, are looked at.
    raises: OutputError when one cannot be removed.
    """
    held: dict[str, list[Path]] = {}
    for path in folder.iterdir():
        if _OURS.match(path.name):
            held.setdefault(path.suffix, []).append(path)
    try:
        for paths in held.values():
            paths.sort(reverse=True)
            for old in paths[max(1, keep) :]:
                old.unlink(missing_ok=True)
        left = {suffix: paths[: max(1, keep)] for suffix, paths in held.items()}
        size = sum(path.stat().st_size for paths in left.values() for path in paths)
        oldest_first = sorted((path for paths in left.values() for path in paths[1:]), key=lambda path: path.name)
        for path in oldest_first:
            if size <= most_bytes:
                break
            size -= path.stat().st_size
            path.unlink()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot remove the oldest captures in {folder}: {reason}") from error


def _newest(folder: Path) -> str:
    found = max(folder.glob("[0-9]*.pb.gz"), key=lambda path: (path.stat().st_mtime_ns, path.name), default=folder)
    return os.path.relpath(found)


def _ended(taken: int, folder: Path, *, quiet: bool) -> None:
    if taken:
        shown = os.path.relpath(folder)
        _say(f"{taken} {'capture' if taken == 1 else 'captures'} in {shown}", quiet=quiet)
        if taken > 1:
            _say("next    perftool profile diff OLDER.pb.gz NEWER.pb.gz", quiet=quiet)


def _say(line: str, *, quiet: bool) -> None:
    if not quiet:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
