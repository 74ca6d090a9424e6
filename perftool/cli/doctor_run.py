"""Carry out ``perftool doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from perftool.cli import session
from perftool.cli.output import OutputOptions, check, emit
from perftool.cli.progress import ProgressLine
from perftool.discovery import unknown
from perftool.errors import EXIT_OK, EXIT_UNAVAILABLE, UnavailableError, UsageError
from perftool.model.doctor import DoctorPayload
from perftool.model.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.doctor import Check
    from perftool.model.report import Report

TOPICS: Final = ("database", "profile")


def run(topic: str | None, url: str | None, output: OutputOptions) -> int:
    """Try everything of a topic, show what was seen, and return the exit code.

    raises: UsageError for an unknown topic, or a database that is not named.
    """
    if topic is not None and topic not in TOPICS:
        raise unknown("topic", topic, TOPICS)
    if (topic == "database") != (url is not None):
        said = f"{url!r} belongs to no topic" if url else "no database is named"
        raise UsageError(said, hint="perftool doctor database URL")
    check(output, "doctor")
    found, broken = _profile(output) if url is None else _database(url)
    outcome = verdict(found, broken=broken and ("cannot be used" if url else "nothing can be profiled here"))
    emit(_report(topic or "profile", found, outcome), output)
    return EXIT_UNAVAILABLE if broken else EXIT_OK


def _profile(output: OutputOptions) -> tuple[Sequence[Check], bool]:
    from perftool.profiling import checks

    with ProgressLine(quiet=output.quiet) as line:
        line.note("trying profilers on small processes")
        found = checks.checks()
    return found, checks.nothing_works(found)


def _database(url: str) -> tuple[Sequence[Check], bool]:
    from perftool.cli.database_opening import DatabaseRequest, opened
    from perftool.clock import SystemClock
    from perftool.databases import checks

    try:
        with opened(DatabaseRequest(url=url), session.settings()) as database:
            found = checks.checks(database, SystemClock())
    except UnavailableError as error:
        return (checks.missing(error),), True
    return found, checks.nothing_works(found)


def _report(topic: str, found: Sequence[Check], outcome: Verdict) -> Report:
    from perftool.clock import SystemClock
    from perftool.store import reports

    settings = session.settings()
    return reports.build(
        DoctorPayload(topic=topic, checks=tuple(found)),
        outcome,
        session.environment(settings),
        created=SystemClock().now(),
    )


def verdict(found: Sequence[Check], *, broken: str | Literal[False]) -> Verdict:
    """Say in a line how much works; what is only missing is no fault. ``broken`` says that nothing does."""
    works = sum(one.state in ("ok", "limited") for one in found)
    failed = [one.name for one in found if one.state == "failed"]
    missing = [one.name for one in found if one.state == "missing"]
    parts = [f"{works} of {len(found)} work"]
    parts += [f"{', '.join(failed)} failed"] if failed else []
    parts += [f"{', '.join(missing)} missing"] if missing else []
    if broken:
        return Verdict(outcome="fail", headline=f"{broken}: " + "; ".join(parts))
    return Verdict(outcome="warn" if failed else "pass", headline="; ".join(parts))
