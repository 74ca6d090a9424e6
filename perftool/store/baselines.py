"""Baselines: whole bench reports by environment label and name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from perftool import discovery
from perftool.errors import InputError, OutputError, UsageError
from perftool.model.bench import BenchPayload
from perftool.model.comparison import BaselineReference
from perftool.model.listing import BaselineEntry
from perftool.model.report import BaselineInfo
from perftool.model.verdict import ReportWarning
from perftool.stats.assumption import samples_for_difference
from perftool.store import reports

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from perftool.model.environment import Environment
    from perftool.model.profile import CaptureReference
    from perftool.model.report import Report

# The significance level that comparisons start from.
_ALPHA = 0.05
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_WINDOWS_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def refusals(report: Report) -> tuple[str, ...]:
    """Return the reasons not to make ``report`` a baseline without being forced; none for a good run."""
    reasons = []
    source = report.environment.source
    if source is not None and source.dirty:
        reasons.append("the working tree was dirty, so no commit tells what was measured")
    if not getattr(report.payload, "complete", True):
        reasons.append("the run was interrupted")
    if report.verdict.undecidable or report.verdict.outcome in ("fail", "inconclusive"):
        outcome = "undecidable" if report.verdict.undecidable else report.verdict.outcome
        reasons.append(f"the run is {outcome}: {report.verdict.headline}")
    gating = [m for m in report.measurements if m.gates]
    blocks = max((len(set(m.blocks)) or len(m.values) for m in gating), default=0)
    least = samples_for_difference(_ALPHA) or 0
    if gating and blocks < least and not any(m.exact for m in gating):
        reasons.append(f"with fewer than {least} blocks nothing can ever be decided against it (--count {least * 2})")
    return tuple(reasons)


def save(
    folder: Path,
    name: str,
    report: Report,
    *,
    saved: datetime,
    reason: str = "",
    buffer: float = 0.0,
    force: bool = False,
    replace: bool = False,
    prepare: Callable[[Report], Report] | None = None,
) -> Path:
    """Store ``report`` as the baseline ``name`` of its environment and return the file.

    ``buffer`` is a fraction added to every threshold at judgement time; samples stay as measured. ``replace``
    says that the baseline exists (update) or not (save). ``force`` overrides ``refusals`` and is recorded.
    ``prepare`` has the last word on what is stored, once nothing speaks against storing it.
    raises: UsageError when name or state do not fit, InputError when the report is unfit for a baseline.
    """
    path = _path(folder, report.environment.label, name)
    if report.kind != "bench" or not report.measurements:
        what = "has no measurements" if report.kind == "bench" else f"is of kind {report.kind}"
        raise InputError(f"the report {what}: a baseline is a bench report", hint="perftool bench")
    if path.exists() and not replace:
        raise UsageError(
            f"baseline {name} exists already for {report.environment.label}", hint=f"perftool baseline update {name}"
        )
    if replace and not path.exists():
        raise UsageError(
            f"no baseline {name} for {report.environment.label} to update", hint=f"perftool baseline save {name}"
        )
    against = refusals(report)
    if against and not force:
        raise InputError(
            f"not fit for a baseline: {'; '.join(against)}", hint="fix that and measure again, or say --force"
        )
    info = BaselineInfo(
        name=name, saved=reports.timestamp(saved), reason=reason, buffer=buffer, forced=bool(against and force)
    )
    last = prepare(report) if prepare is not None else report
    reports.write(msgspec.structs.replace(last, baseline=info), path)
    return path


def find(folder: Path, name: str, label: str | None = None) -> Path:
    """Return the file of the baseline ``name``: of environment ``label``, else the newest of another environment.

    raises: UsageError naming the nearest baseline when there is none.
    """
    _check(name)
    if label is not None and (own := _path(folder, label, name)).is_file():
        return own
    found = [path for path in _files(folder) if path.stem == name]
    if not found:
        known = tuple(sorted({path.stem for path in _files(folder)}))
        if not known:
            raise UsageError(f"no baseline named {name!r}: there is none yet", hint=f"perftool baseline save {name}")
        raise discovery.unknown("baseline", name, known)
    return max(found, key=lambda path: (_created(path), str(path)))


def load(folder: Path, name: str, label: str | None = None) -> Report:
    """Read the baseline that ``find`` finds.

    raises: InputError when the file is damaged.
    """
    return reports.read(find(folder, name, label))


def reference(baseline: Report, now: Environment) -> BaselineReference:
    """Describe ``baseline`` for a comparison that measures in the environment ``now``."""
    info = baseline.baseline
    return BaselineReference(
        name=info.name if info else "",
        environment_label=baseline.environment.label,
        created=baseline.created,
        source=baseline.environment.source,
        same_environment=baseline.environment.label == now.label and baseline.environment.identity == now.identity,
        buffer=info.buffer if info else 0.0,
    )


def entries(folder: Path) -> tuple[tuple[BaselineEntry, ...], tuple[ReportWarning, ...]]:
    """Return all baselines, newest first, and a warning for each file that cannot be read."""
    found, warnings = [], []
    for path in _files(folder):
        try:
            found.append(entry(reports.read(path), path, folder))
        except (InputError, UsageError) as error:
            subject = str(path.relative_to(folder))
            warnings.append(ReportWarning(code="baseline-unreadable", message=error.message, subject=subject))
    newest_first = sorted(found, key=lambda e: (e.created, e.environment_label, e.name), reverse=True)
    return tuple(newest_first), tuple(warnings)


def entry(report: Report, path: Path, folder: Path) -> BaselineEntry:
    """Describe one baseline without its samples; the path is relative to the parent of ``folder``."""
    info = report.baseline
    return BaselineEntry(
        name=path.stem,
        environment_label=path.parent.name,
        created=info.saved if info else report.created,
        source=report.environment.source,
        cases=len(getattr(report.payload, "cases", ())),
        measurements=len(report.measurements),
        buffer=info.buffer if info else 0.0,
        reason=info.reason if info else "",
        path=path.relative_to(folder.parent).as_posix(),
    )


def captures(report: Report) -> tuple[CaptureReference, ...]:
    """Return the captures that a bench report names."""
    return report.payload.captures if isinstance(report.payload, BenchPayload) else ()


def named_captures(folder: Path) -> frozenset[str]:
    """Return the digests of the captures that any baseline names.

    raises: InputError or UsageError when one of them cannot be read: what it names is then not known.
    """
    return frozenset(one.digest for path in _files(folder) for one in captures(reports.read(path)))


def remove(folder: Path, name: str, label: str | None = None) -> Path:
    """Delete the baseline that ``find`` finds and return where it was.

    raises: UsageError when several environments have it and ``label`` does not choose, OutputError when it cannot
    be deleted.
    """
    labels = sorted(path.parent.name for path in _files(folder) if path.stem == name)
    if label is None and len(labels) > 1:
        raise UsageError(
            f"baseline {name} exists for {', '.join(labels)}",
            hint=f"perftool baseline remove {name} --label {labels[0]}",
        )
    if label is not None and labels and reports.path_safe(label) not in labels:
        raise UsageError(f"no baseline {name} for {label}", hint=f"it exists for {', '.join(labels)}")
    path = find(folder, name, label)
    try:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as error:
        raise OutputError(f"cannot remove {path}: {(error.strerror or str(error)).lower()}") from error
    return path


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*.json") if not path.name.startswith("."))


def _path(folder: Path, label: str, name: str) -> Path:
    _check(name)
    return folder / reports.path_safe(label) / f"{name}.json"


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or _WINDOWS_DEVICES.fullmatch(name) or name.endswith("."):
        raise UsageError(
            f"{name[:60]!r} cannot name a baseline: letters, digits, dots, dashes and underscores can",
            hint=f"for example {reports.path_safe(name)}",
        )


def _created(path: Path) -> str:
    try:
        return reports.read(path).created
    except (InputError, UsageError):
        return ""
