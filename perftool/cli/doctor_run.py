"""Carry out ``perftool doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.cli import session
from perftool.cli.output import OutputOptions, check, emit
from perftool.cli.progress import ProgressLine
from perftool.discovery import unknown
from perftool.errors import EXIT_OK, EXIT_UNAVAILABLE
from perftool.model.doctor import DoctorPayload
from perftool.model.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.doctor import Check
    from perftool.model.report import Report

TOPICS: Final = ("profile",)


def run(topic: str | None, output: OutputOptions) -> int:
    """Try everything of a topic, show what was seen, and return the exit code.

    raises: UsageError for an unknown topic.
    """
    if topic is not None and topic not in TOPICS:
        raise unknown("topic", topic, TOPICS)
    check(output, "doctor")
    from perftool.profiling import checks

    with ProgressLine(quiet=output.quiet) as line:
        line.note("trying profilers on small processes")
        found = checks.checks()
    report = _report(found, broken=checks.nothing_works(found))
    emit(report, output)
    return EXIT_UNAVAILABLE if checks.nothing_works(found) else EXIT_OK


def _report(found: Sequence[Check], *, broken: bool) -> Report:
    from perftool.clock import SystemClock
    from perftool.store import reports

    settings = session.settings()
    return reports.build(
        DoctorPayload(topic="profile", checks=tuple(found)),
        verdict(found, broken=broken),
        session.environment(settings),
        created=SystemClock().now(),
    )


def verdict(found: Sequence[Check], *, broken: bool) -> Verdict:
    """Say in a line how much works; what is only missing is no fault."""
    works = sum(one.state in ("ok", "limited") for one in found)
    failed = [one.name for one in found if one.state == "failed"]
    missing = [one.name for one in found if one.state == "missing"]
    parts = [f"{works} of {len(found)} work"]
    parts += [f"{', '.join(failed)} failed"] if failed else []
    parts += [f"{', '.join(missing)} missing"] if missing else []
    if broken:
        return Verdict(outcome="fail", headline="nothing can be profiled here: " + "; ".join(parts))
    return Verdict(outcome="warn" if failed else "pass", headline="; ".join(parts))
