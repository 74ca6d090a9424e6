"""``--output`` files that are captures, not reports: told by their suffix or by ``FORMAT=FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perftool.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.profiling.capture import Capture


class CaptureFile(NamedTuple):
    """A file to write a capture to, and in which format of ``perftool.profiling.writers``."""

    path: Path
    format: str


def parted(outputs: Sequence[str]) -> tuple[list[CaptureFile], list[str]]:
    """Return the files that are captures, and what is left: reports.

    A suffix that both know means the capture (``flame.html``); ``html=FILE`` is a report.
    raises: OutputError for a folder.
    """
    from perftool.profiling import files
    from perftool.render import dispatch

    names = {one.name for one in files.formats()}
    captures: list[CaptureFile] = []
    reports: list[str] = []
    for one in outputs:
        named, equals, rest = one.partition("=")
        if equals and rest and named in dispatch.names():
            reports.append(one)
        elif equals and rest and named in names:
            captures.append(CaptureFile(Path(rest), named))
        elif (writer := files.fits(one)) is not None:
            captures.append(CaptureFile(Path(one), writer.name))
        else:
            reports.append(one)
    for path, _ in captures:
        if path.is_dir():
            raise OutputError(f"cannot write {path}: is a directory", hint="name a file in it")
    return captures, reports


def check_suffixes(reports: Sequence[str], formats: Sequence[str] | None) -> None:
    """Make sure that what is left to be reports has suffixes that reports have; one of the ``formats`` needs none.

    raises: UsageError naming the suffixes of captures too.
    """
    from perftool.profiling import files
    from perftool.render import dispatch

    if formats and len(formats) == 1:
        return
    for one in reports:
        named, equals, rest = one.partition("=")
        if not one or (equals and rest and named in dispatch.names()):
            continue
        try:
            dispatch.format_for_path(one)
        except UsageError as error:
            captures = ", ".join(sorted({suffix for writer in files.formats() for suffix in writer.suffixes}))
            raise UsageError(error.message, hint=f"{error.hint}; captures end in {captures}") from error


def write(capture: Capture, outputs: Sequence[CaptureFile]) -> None:
    """Write the capture to every file.

    raises: OutputError when one cannot be written.
    """
    from perftool.profiling import files

    for path, name in outputs:
        files.write(capture, path, name)
