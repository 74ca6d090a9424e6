"""Carry out ``perftool profile fetch``: one profile of a running service."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from perftool.cli import capture_outputs, profile_report, session
from perftool.cli.output import OutputOptions, check, write_stdout
from perftool.errors import EXIT_OK, UsageError
from perftool.profiling import fetching
from perftool.profiling.api import Collected
from perftool.profiling.summary import Profile

if TYPE_CHECKING:
    from perftool.config.schema import Settings
    from perftool.profiling.api import Measured
    from perftool.profiling.capture import Capture

MOST_SECONDS: Final = 3600.0
_TOKEN: Final = "PPROF_TOKEN"  # noqa: S105 - the name of a variable, not a token


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of the service at ``url``: a ``kind`` of profile over ``seconds``; ``token`` where it wants one."""

    url: str
    kind: str
    seconds: float
    token: str | None = None


def request(url: str, kinds: dict[str, bool], seconds: str | None, token: str | None) -> Request:
    """Return what the options ask for.

    raises: UsageError for two kinds at once, or a time that is none.
    """
    wanted = [kind for kind, asked in kinds.items() if asked]
    if len(wanted) > 1:
        raise UsageError(f"--{' and --'.join(wanted)}: one profile at a time", hint="fetch one after the other")
    kind = wanted[0] if wanted else "profile"
    length = _seconds(seconds) if seconds is not None else {"profile": 30.0}.get(kind, 5.0)
    return Request(url=url, kind=kind, seconds=length, token=_token(token or os.environ.get(_TOKEN) or ""))


def _token(said: str) -> str | None:
    token = said.strip()
    if not (token.isascii() and token.isprintable()):
        # It is never shown, not even a wrong one.
        raise UsageError("the token cannot be sent: it has other characters than ASCII letters, digits and signs")
    return token or None


def _seconds(said: str) -> float:
    from perftool.config.kinds import Duration

    try:
        value = Duration().read(said)
    except ValueError as error:
        raise UsageError(f"--seconds {said}: not {error}", hint="for example --seconds 30") from error
    if not 0 < value <= MOST_SECONDS:
        raise UsageError(f"--seconds {said}: between 0 and {MOST_SECONDS:g}", hint="for example --seconds 30")
    return value


def run(asked: Request, output: OutputOptions) -> int:
    """Fetch, keep and show one profile; stacks of threads and tasks are shown as they are told."""
    files, reports = capture_outputs.parted(output.outputs or ())
    capture_outputs.check_suffixes(reports, output.formats)
    output = replace(output, outputs=reports)
    check(output, "profile")
    settings = session.settings()
    if asked.kind == "goroutine":
        write_stdout(fetching.text(asked.url, asked.kind, token=asked.token))
        return EXIT_OK
    capture = taken(asked, quiet=output.quiet)
    shelf, profile = kept(asked, capture, settings)
    report = profile_report.build(profile, settings)
    profile_report.show(report, shelf, profile, files, output, apart=False)
    return EXIT_OK


def taken(asked: Request, *, quiet: bool) -> Capture:
    """Return the profile, telling meanwhile what is waited for."""
    from perftool.cli.progress import ProgressLine
    from perftool.events import Progress

    with ProgressLine(quiet=quiet) as line:
        line.progress(Progress(0, None, f"{host(asked.url)}: {asked.kind} over {asked.seconds:g} s"))
        capture = fetching.fetch(asked.url, asked.kind, seconds=asked.seconds, token=asked.token)
    if not capture.started_ns:
        # A heap profile of Go does not say when it was taken.
        capture = replace(capture, started_ns=time.time_ns())
    return capture


def kept(asked: Request, capture: Capture, settings: Settings) -> tuple[profile_report.Shelf, Profile]:
    """Keep the capture; return what holds it and the profile that it is."""
    name = host(asked.url)
    shelf = profile_report.Shelf(settings, name.replace(":", "-"))
    measured: Measured = "cpu" if asked.kind == "profile" else "memory"
    shelf.take(measured, Collected(capture=capture))
    profile = Profile(
        target=name,
        stem=shelf.stem,
        parts=tuple(shelf.parts),
        seconds=capture.duration_ns * 1e-9 or asked.seconds,
        root=str(settings.root),
        rate=1e9 / capture.period if asked.kind == "profile" and capture.period else 0.0,
    )
    return shelf, profile


def host(url: str) -> str:
    """Return the host and port of an address, without what is secret in it."""
    return urlsplit(url if "://" in url else f"http://{url}").netloc.rpartition("@")[2] or url
