"""Captures that go with a baseline: kept in the repository with nothing of the machine in them, and removed with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

from perftool.errors import InputError, OutputError, UsageError
from perftool.model.verdict import ReportWarning
from perftool.store import baselines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from perftool.config.schema import Settings
    from perftool.model.profile import CaptureReference
    from perftool.model.report import Report


class Keeping:
    """Keeps the captures of one report in a ``with`` block; what was written goes again when the block fails.

    ``doubts`` are captures that are not there any more, ``told`` says how many were kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._written: list[Path] = []
        self.doubts: list[ReportWarning] = []
        self.told = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for path in self._written:
                path.unlink(missing_ok=True)

    def keep(self, report: Report) -> Report:
        """Copy the captures that ``report`` names and return it with the names that they have now.

        One that cannot be found or read is left out with a doubt.
        raises: OutputError when one cannot be written.
        """
        import msgspec

        named = baselines.captures(report)
        if not named:
            return report
        section = self._settings.baseline
        most = max(1, min(section.capture_size, section.captures_size // len(named)))
        kept = [one for one in (self._one(reference, most) for reference in named) if one is not None]
        size = sum(one.size for one in kept)
        if kept:
            count = f"{len(kept)} profile{'s' * (len(kept) != 1)}"
            self.told = f" with {count} ({size / 1024:,.0f} KiB in {_shown(self._settings)})"
        return msgspec.structs.replace(report, payload=msgspec.structs.replace(report.payload, captures=tuple(kept)))

    def _one(self, reference: CaptureReference, most_bytes: int) -> CaptureReference | None:
        import msgspec

        from perftool.profiling import files, storing
        from perftool.profiling.places import without_machine

        settings = self._settings
        target = settings.baseline_captures_folder
        found = storing.find(reference.digest, reference.name, [settings.capture_folder, target])
        if found is None:
            self._missing(reference, f"{reference.name} is not there any more")
            return None
        try:
            capture = without_machine(files.read(found), [settings.root])
        except (InputError, UsageError) as error:
            self._missing(reference, error.message)
            return None
        known = set(target.glob(f"*{storing.SUFFIX}"))
        file = storing.keep(capture, target, "capture", most_bytes=most_bytes)
        path = target / f"{file.digest[:12]}-{_stem(reference)}{storing.SUFFIX}"
        try:
            os.replace(file.path, path)
        except OSError as error:
            file.path.unlink(missing_ok=True)
            raise OutputError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error
        if path not in known:
            self._written.append(path)
        return msgspec.structs.replace(reference, digest=file.digest, name=path.name, size=file.size)

    def _missing(self, reference: CaptureReference, reason: str) -> None:
        subject = "/".join([reference.suite, reference.case, *(f"{k}={v}" for k, v in reference.parameters.items())])
        text = f"its {reference.measures} profile is not kept: {reason}"
        self.doubts.append(ReportWarning(code="capture-missing", message=text, subject=subject))


def named(settings: Settings, name: str, label: str | None) -> tuple[CaptureReference, ...]:
    """Return the captures that a baseline names, () when there is none or it cannot be read."""
    try:
        return baselines.captures(baselines.load(settings.baseline_folder, name, label))
    except (InputError, UsageError):
        return ()


def drop(before: Iterable[CaptureReference], settings: Settings) -> list[ReportWarning]:
    """Remove those captures of a baseline that was replaced or removed that no baseline names any more."""
    from perftool.profiling.storing import find

    gone = list(before)
    if not gone:
        return []
    try:
        held = baselines.named_captures(settings.baseline_folder)
    except (InputError, UsageError) as error:
        return [ReportWarning(code="captures-not-removed", message=f"no profile was removed: {error.message}")]
    doubts = []
    for one in gone:
        if one.digest in held or (path := find(one.digest, one.name, [settings.baseline_captures_folder])) is None:
            continue
        try:
            path.unlink()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            doubts.append(ReportWarning(code="captures-not-removed", message=reason, subject=one.name))
    return doubts


def _stem(reference: CaptureReference) -> str:
    from perftool.store.reports import path_safe

    values = [*reference.parameters.values()]
    return path_safe("-".join([reference.suite, reference.case, *values, reference.measures]))


def _shown(settings: Settings) -> str:
    return settings.baseline_captures_folder.relative_to(settings.root).as_posix()
