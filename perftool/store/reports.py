"""Build, encode, decode, read and write reports."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

import perftool
from perftool.errors import InputError, UsageError
from perftool.model.report import SCHEMA_VERSION, BaselineInfo, Payload, Report, Tool
from perftool.store import atomic, invariants, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from perftool.model.diagnostic import Diagnostic
    from perftool.model.environment import Environment
    from perftool.model.measurement import Measurement
    from perftool.model.verdict import ReportWarning, Verdict

_HEAD = 1 << 12
_BATCH = 64
_COPIED = 1 << 20
_GITIGNORE = b"# Measurements of this machine: nothing here belongs in the repository.\n*\n"


class _ToolHeader(msgspec.Struct):
    name: str


class _Header(msgspec.Struct):
    schema_version: str
    tool: _ToolHeader


def build(
    payload: Payload,
    verdict: Verdict,
    environment: Environment,
    *,
    created: datetime,
    measurements: Iterable[Measurement] = (),
    diagnostics: Iterable[Diagnostic] = (),
    warnings: Iterable[ReportWarning] = (),
    baseline: BaselineInfo | None = None,
) -> Report:
    """Put a report together; ``created`` is an aware time, stored in UTC to the second."""
    return Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool(name="perftool", version=perftool.__version__),
        created=timestamp(created),
        environment=environment,
        payload=payload,
        verdict=verdict,
        measurements=tuple(measurements),
        diagnostics=tuple(diagnostics),
        warnings=tuple(warnings),
        baseline=baseline,
    )


def timestamp(moment: datetime) -> str:
    """Write an aware time as reports store it: ISO 8601 in UTC to the second."""
    from datetime import UTC

    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def encode(report: Report) -> bytes:
    """Write ``report`` as JSON for people and diffs: indented, but a list of numbers stays on one line.

    raises: InputError when it holds an infinite number, which JSON cannot; ValueError when the report contradicts
    itself: that is a bug of whoever made it.
    """
    return b"".join(pieces(report))


def pieces(report: Report) -> Iterator[bytes]:
    """Return what ``encode`` returns bit by bit: its diagnostics are read as their turn comes, never all at once.

    raises: at once what ``encode`` raises.
    """
    for violation in invariants.infinities(report):
        raise InputError(f"not to be written as JSON: {violation}", hint="--format benchstat shows infinite values")
    for violation in invariants.contradictions(report):
        raise ValueError(violation)
    return _pieces(report)


def _pieces(report: Report) -> Iterator[bytes]:
    import re

    bare = msgspec.structs.replace(report, diagnostics=())
    # Numbers may stand in arrays, which are lists in JSON.
    frame = msgspec.json.format(msgspec.json.encode(bare, enc_hook=list), indent=2)
    # A raw newline cannot stand inside a JSON string, so neither this nor the partition below ever touches one.
    frame = re.sub(rb"\[\n[-+0-9.eE,\s]+\]", _one_line, frame) + b"\n"
    if not report.diagnostics:
        yield frame
        return
    head, opening, tail = frame.partition(b'\n  "diagnostics": [')
    yield head + opening + b"\n"
    yield from _diagnostics(report.diagnostics)
    yield b"\n  " + tail


def _diagnostics(diagnostics: Iterable[Diagnostic]) -> Iterator[bytes]:
    """Yield the entries of their list, as deep as they stand in a report."""
    walk, lead = iter(diagnostics), b"  "
    while batch := list(islice(walk, _BATCH)):
        listed = msgspec.json.format(msgspec.json.encode(batch), indent=2)
        yield lead + listed.removeprefix(b"[\n").removesuffix(b"\n]").replace(b"\n", b"\n  ")
        lead = b",\n  "


def _one_line(match: Any) -> bytes:
    words = b" ".join(match[0][1:-1].split())
    return b"[" + words + b"]"


def decode(data: bytes, *, name: str) -> Report:
    """Read a report from JSON, upgrading an older version.

    ``name`` is the file as the user named it.
    raises: InputError in one line with file and position when ``data`` is no valid report of a known version.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}:1:1: not JSON: the text is UTF-16", hint="write reports with --output, not with >")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise InputError(f"{name}: the file is empty", hint="measure again: perftool bench")
    try:
        header = msgspec.json.decode(data, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _refuse(data, name, error)
    if header.tool.name != "perftool":
        raise InputError(f"{name}: not a perftool report: it was written by {header.tool.name[:40]!r}")
    major, _ = upgrade.parse(header.schema_version, name=name)
    try:
        if major == upgrade.parse(SCHEMA_VERSION, name=name)[0]:
            report = msgspec.json.decode(data, type=Report)
        else:
            report = msgspec.convert(upgrade.upgrade(msgspec.json.decode(data), major=major, name=name), type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _refuse(data, name, error)
    report = msgspec.structs.replace(report, diagnostics=tuple(report.diagnostics))
    for violation in invariants.contradictions(report):
        raise InputError(f"{name}: {violation}", hint="the file is damaged: measure again with perftool bench")
    return report


def _refuse(data: bytes, name: str, error: Exception) -> NoReturn:
    # msgspec quotes what it found, which may hold anything.
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(error))
    if isinstance(error, msgspec.ValidationError):
        what = "not a perftool report: " if "schema_version" in text or "`$" not in text or "$.tool" in text else ""
        raise InputError(
            f"{name}: {what}{text[:1].lower()}{text[1:]}", hint="perftool compare reads other tools' results too"
        ) from error
    if isinstance(error, RecursionError):
        raise InputError(f"{name}: not a perftool report: nested too deeply") from error
    if "truncated" in text:
        line, column = _position(data, len(data))
        raise InputError(
            f"{name}:{line}:{column}: the JSON ends too early (byte {len(data)})",
            hint="the file was cut off: copy it again or measure again",
        ) from error
    if isinstance(error, UnicodeDecodeError):
        raise InputError(f"{name}: not a perftool report: not UTF-8 text (byte {error.start})") from error
    offset = _offset(text)
    if offset is None:
        raise InputError(f"{name}: not JSON: {text}") from error
    line, column = _position(data, offset)
    raise InputError(f"{name}:{line}:{column}: not JSON: {text}") from error


def _offset(text: str) -> int | None:
    """Return n of ``… (byte n)``, msgspec's way to give a position."""
    _, marker, tail = text.rpartition("(byte ")
    digits = tail.rstrip(")")
    return int(digits) if marker and digits.isdigit() else None


def _position(data: bytes, offset: int) -> tuple[int, int]:
    """Return line and column, 1-based, of a byte offset; columns count characters."""
    start = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, start) + 1, len(data[start:offset].decode("utf-8", "replace")) + 1


def read(path: Path) -> Report:
    """Read the report in the file ``path``.

    raises: UsageError when the file cannot be opened, InputError when it holds no valid report.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_HEAD)
            # Only an object can be a report: of a huge file of another kind the head is enough to refuse it.
            if data.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] in (b"", b"{"):
                data += stream.read()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot read {path}: {reason}", hint="perftool bench writes .perftool/reports/") from error
    return decode(data, name=str(path))


def write(report: Report, path: Path) -> None:
    """Write ``report`` to the file ``path``, whole or not at all."""
    atomic.write_pieces(path, pieces(report))


def save_run(report: Report, folder: Path, stem: str, *, keep: int = 0, latest: bool = True) -> Path:
    """Store ``report`` as ``<UTC stamp>-<stem>.json`` in ``folder`` and, if ``latest``, as ``latest.json``.

    The folder is made with a .gitignore of its own. ``keep`` > 0 removes all but that many newest runs.
    returns: the first path.
    """
    encoded = pieces(report)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        atomic.write_bytes(ignore, _GITIGNORE)
    stamp = report.created.replace("-", "").replace(":", "").replace("T", "-").removesuffix("Z")
    path = free_path(folder, f"{stamp}-{path_safe(stem)}")
    atomic.write_pieces(path, encoded)
    if latest:
        atomic.write_pieces(folder / "latest.json", _content(path))
    if keep > 0:
        for old in sorted(folder.glob("[0-9]*.json"), reverse=True)[keep:]:
            old.unlink(missing_ok=True)
    return path


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_COPIED):
            yield piece


def free_path(folder: Path, stem: str, suffix: str = ".json") -> Path:
    """Return a path in ``folder`` that nothing has yet."""
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path


def path_safe(name: str) -> str:
    """Return ``name`` with everything but letters, digits, dots, dashes and underscores as dashes."""
    safe = "".join(c if c.isalnum() or c in "._-" else "-" for c in name).strip(".-")
    return safe[:80] or "run"
