"""Captures as people name them: a file, ``latest``, the beginning of a digest, a report that has one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.config.schema import Settings
    from perftool.model.profile import CaptureReference
    from perftool.model.report import Report
    from perftool.profiling.capture import Capture

LATEST: Final = "latest"
_DIGEST: Final = re.compile(r"[0-9a-f]{6,64}")
_REPORT: Final = b'"schema_version"'


class Opened(NamedTuple):
    """A capture and the file that it came from; ``name`` is what the user called it, else the name of that file."""

    capture: Capture
    path: Path
    name: str


def opened(name: str, settings: Settings) -> Opened:
    """Read the capture that the user named.

    Of several captures of a report the first is taken; a suite, case or measure behind ``#`` chooses another:
    ``report.json#memory``.
    raises: UsageError when there is no such file; InputError when it holds no capture.
    """
    from perftool.profiling import files

    path = Path(name)
    if name == LATEST and not path.exists():
        path = newest(settings)
    elif not path.exists():
        path = _by_digest(name, settings) or _of_report(name, settings) or path
    elif path.is_dir():
        raise UsageError(f"{name} is a folder", hint="name a capture in it")
    elif _is_report(path):
        path = _of_report(name, settings) or path
    # A report names no folder of the machine.
    typed = str(path) == name and not path.is_absolute() and ".." not in path.parts
    return Opened(files.read(path), path, name if typed else path.name)


def folders(settings: Settings) -> tuple[Path, ...]:
    """Return where captures are kept: those of runs and those of baselines."""
    return (settings.capture_folder, settings.root / "profiles" / "captures")


def newest(settings: Settings) -> Path:
    """Return the capture that was written last.

    raises: UsageError when there is none yet.
    """
    folder = folders(settings)[0]
    found = [path for path in folder.glob("*.pb.gz") if path.is_file()]
    if not found:
        raise UsageError(f"no capture yet in {settings.profiling.folder}", hint="perftool profile cpu script.py")
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _by_digest(name: str, settings: Settings) -> Path | None:
    from perftool.profiling.storing import find

    return find(name, "", folders(settings)) if _DIGEST.fullmatch(name) else None


def _is_report(path: Path) -> bool:
    """Say whether a file looks like a report; other formats are JSON too."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError:
        return False
    return head.lstrip()[:1] == b"{" and _REPORT in head


def _of_report(name: str, settings: Settings) -> Path | None:
    """Return the file of a capture that a report names, None when ``name`` is no report."""
    from perftool.profiling.storing import find
    from perftool.store import reports

    file, _, wanted = name.partition("#")
    if not Path(file).is_file() or not _is_report(Path(file)):
        return None
    references = _references(reports.read(Path(file)))
    if not references:
        raise InputError(f"{file}: the report names no capture", hint="perftool bench --capture cpu,memory makes some")
    fitting = [one for one in references if not wanted or wanted in _words(one)]
    if not fitting:
        known = ", ".join(dict.fromkeys("/".join(filter(None, (*_words(one)[1:],))) for one in references))
        raise UsageError(f"{file}: the report has no capture of {wanted!r}", hint=f"it has {known}")
    one = fitting[0]
    found = find(one.digest, one.name, folders(settings))
    if found is None:
        where = f"{settings.profiling.folder} and profiles/captures"
        raise InputError(f"{file}: its capture {one.name} is not in {where} any more", hint="profile again")
    return found


def _references(report: Report) -> Sequence[CaptureReference]:
    from perftool.model.bench import BenchPayload
    from perftool.model.comparison import ComparisonPayload
    from perftool.model.profile import ProfilePayload

    payload = report.payload
    if isinstance(payload, BenchPayload | ProfilePayload):
        return payload.captures
    if isinstance(payload, ComparisonPayload) and payload.run is not None:
        return payload.run.captures
    return ()


def _words(one: CaptureReference) -> tuple[str, ...]:
    """Return all that a capture of a report can be asked for by."""
    return (one.name, one.measures, one.suite, one.case, one.side)
