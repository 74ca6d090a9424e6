"""What ``fuzz.py`` runs on each input, and what must hold whatever the input is.

The first byte of an input chooses the dialect and the like, the others are the file. A target returns nothing; what it
raises is a fault. Lines and columns are counted here from the bytes once more, in the plainest way there is.
"""

from __future__ import annotations

import re
import sys
import tempfile
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from perftool.batch.api import ReadOptions
from perftool.batch.inputs import csv, ndjson
from perftool.batch.lines import Csv, Ndjson
from perftool.batch.resuming import read as resumed
from perftool.cli.lint_fix import fix
from perftool.errors import InputError, PerftoolError, UsageError
from perftool.events import Silent
from perftool.lint import catalog, comments
from perftool.lint.analysis import RULE_FAILED, Analyser
from perftool.lint.cache import Cache
from perftool.lint.engine import Limits, Run
from perftool.lint.known import Known
from perftool.lint.loading import load
from perftool.lint.reading.files import Found
from perftool.lint.reading.python import literals
from perftool.lint.reading.templates import neutralise
from perftool.lint.selection import Choices, Selection
from perftool.lint.worker import Worker, settings
from perftool.sql import ddl
from perftool.sql.positions import Places
from perftool.sql.source import Source
from perftool.sql.splitter import pieces, statements
from perftool.workers.api import Job
from perftool.workers.inline import InlineExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from perftool.model.diagnostic import Diagnostic, Span

DIALECTS = (
    "postgres", "mysql", "sqlite", "duckdb", "tsql", "oracle", "bigquery", "snowflake", "redshift", "databricks",
    "trino", "clickhouse", "",
)  # fmt: skip
KINDS = (
    "ALTER TABLE", "CREATE TABLE", "CREATE INDEX", "CREATE VIEW", "DROP TABLE", "TRUNCATE", "RENAME", "BEGIN", "SET",
    "REINDEX", "LOCK", "DO", "COPY", "SELECT", "CREATE FUNCTION", "ALTER TYPE",
)  # fmt: skip
SHIFT = "/* é☃ */\r\n\n".encode()

LOOKED_AT = 60
"""Things of one input whose lines and columns are counted again: that takes a pass over the text each."""

_BREAK = re.compile(r"\r\n|\r|\n")
_FOREIGN = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"\xef\xbb\xbf")


def parted(data: bytes) -> tuple[int, str, bytes]:
    """Return the first byte, the dialect that it chooses, and the rest."""
    first = data[0] if data else 0
    return first, DIALECTS[first % len(DIALECTS)], data[1:]


def place(data: bytes, offset: int) -> tuple[int, int]:
    """Return line and column of a byte offset, counted naively."""
    encoding = Source.of(data, name="a").encoding
    if encoding == "utf-8":
        before = data[:offset].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        following = data[offset : offset + 1] == b"\n"
    else:
        mark = 2 if data[:2] in (b"\xff\xfe", b"\xfe\xff") else 0
        before = data[mark:offset].decode(encoding, "surrogatepass")
        following = data[offset : offset + 2].decode(encoding, "replace") == "\n"
    if before.endswith("\r") and following:
        before = before[:-1] + "x"
    rows = _BREAK.split(before)
    return len(rows), len(rows[-1]) + 1


def sound(data: bytes) -> str:
    """Return a text as workers get it: bytes that are no UTF-8 have become question marks."""
    return data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()


def holds(value: object, *said: object) -> None:
    """Raise unless ``value``; an assertion that stays under ``python -O`` and shows what it was about."""
    if not value:
        raise AssertionError(" ".join(repr(one)[:200] for one in said))


def stands(span: Span, data: bytes) -> None:
    """Check that a span lies in ``data`` and that its lines and columns are those of its bytes."""
    holds(0 <= span.start <= span.end <= len(data), span, len(data))
    holds((span.line, span.column) == place(data, span.start), span, place(data, span.start))
    if span.end_line:
        holds((span.end_line, span.end_column) == place(data, span.end), span, place(data, span.end))


def cutting(data: bytes) -> None:
    """Pieces cover the text; templates keep its length, its lines and its characters."""
    _, dialect, data = parted(data)
    neutral = neutralise(data, dialect)
    holds(len(neutral.data) == len(data), "length", len(neutral.data), len(data))
    for at, (old, new) in enumerate(zip(data, neutral.data, strict=True)):
        if old != new:
            holds(old < 0x80 and new < 0x80 and old not in b"\r\n" and new not in b"\r\n", "byte", at, old, new)
    before = 0
    for start, end in neutral.replaced:
        holds(before <= start < end <= len(data), "replaced", start, end, before)
        before = end
    for text in {data, neutral.data}:
        found = list(pieces(text, dialect))
        holds(b"".join(text[one.start : one.end] for one in found) == text, "joined")
        position = 0
        for one in found:
            holds(one.start == position < one.end, one, position)
            position = one.end
        holds(list(statements(text, dialect)) == [one for one in found if one.kind == "statement"], "statements")
    try:
        source = Source.of(data, name="a")
    except InputError:
        return
    places = Places(data) if source.encoding == "utf-8" else None
    told = iter(range(LOOKED_AT))
    short = list(source.texts(dialect, max_statement=4000))
    for one, text in zip(source.statements(dialect, max_statement=4000), short, strict=True):
        same = one.text if one.text is None or not one.damaged else sound(one.text.encode("utf-8", "surrogateescape"))
        holds((one.start, one.end, same, one.fault) == (text.start, text.end, text.text, text.fault), one, text)
        if next(told, None) is not None:
            holds((one.line, one.column) == place(data, one.start), one, place(data, one.start))
        holds(places is None or places.find(one.start) == (one.line, one.column), "places", one)
        if one.text is not None and source.encoding == "utf-8":
            holds(one.text.encode("utf-8", "surrogateescape") == data[one.start : one.end], "text", one)


@cache
def analyser(dialect: str) -> Analyser:
    """Return the analyser of a dialect with all rules, as a worker has it."""
    return Analyser(dialect, list(catalog.rules().values()), stack=8 << 20)


def statement(data: bytes) -> None:
    """No statement makes a rule fail; findings and edits lie within it; its layout tells bytes and lines rightly."""
    first, dialect, data = parted(data)
    text = sound(data)
    data = text.encode()
    record = analyser(dialect).analyse(text, replaced=((0, first % 7),) if first > 200 else ())
    for one in record.findings:
        holds(one.code != RULE_FAILED, one.finding.message)
        holds(0 <= one.finding.start <= one.finding.end <= len(text), one.code, one.finding, len(text))
        for edit in one.finding.edits:
            holds(0 <= edit.start <= edit.end <= len(text), one.code, edit)
        if record.layout is not None and not data.startswith(_FOREIGN):
            at = record.layout.offset(one.finding.start)
            holds(data[:at].decode("utf-8", "surrogateescape") == text[: one.finding.start], one.code, "offset", at)
            line, column = record.layout.place(one.finding.start)
            holds(at == len(data) or (line + 1, column + 1) == place(data, at), one.code, line, column, place(data, at))
    _within(record.actions, len(text))
    # What is kept of it is read again as it was.
    holds(msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=type(record)) == record, "record")


def _within(actions: Iterable[object], size: int) -> None:
    for action in actions:
        kept = msgspec.to_builtins(action)
        for part in (kept, *(one for value in kept.values() if isinstance(value, list) for one in value)):
            if isinstance(part, dict) and "start" in part:
                holds(0 <= part["start"] <= part["end"] <= size, kept, size)


def actions(data: bytes) -> None:
    """Definitions are read from any text, whatever kind of statement it is said to be."""
    first, dialect, data = parted(data)
    text = sound(data)
    _within(ddl.read(text, KINDS[first % len(KINDS)], dialect), len(text))
    verb = text.split(None, 1)[0].upper() if text.split() else ""
    _within(ddl.read(text, verb, dialect), len(text))


def suppressing(data: bytes) -> None:
    """Comments that silence stand where they are said to stand."""
    first, dialect, data = parted(data)
    try:
        cut = load(data, "a.sql", dialect, max_statement=5000)
        found = comments.read(data, dialect, statements=cut.statements if first % 2 else ())
    except InputError:
        return
    whole = Source.of(data, name="a").encoding == "utf-8"
    for one in found[:LOOKED_AT]:
        holds(0 <= one.start < one.end <= len(data), one)
        holds((one.line, one.column) == place(data, one.start), one, place(data, one.start))
        for start, end in (one.rows, one.statement, one.removal):
            holds(start <= end <= len(data), one)
        for word in one.words if whole else ():
            there = data[word.start : word.end].decode("utf-8", "replace")
            holds(there == word.text or not there.isascii(), word, there)


def python(data: bytes) -> None:
    """Literals with SQL lie apart in a Python file, and are cut like any text."""
    _, dialect, data = parted(data)
    position = 0
    for one in literals(data):
        holds(position <= one.start <= one.end <= len(data), one)
        position = one.end
        if not one.reason:
            text = one.text(data)
            holds(len(text) == one.end - one.start, one)
            holds([byte in b"\r\n" for byte in text] == [byte in b"\r\n" for byte in data[one.start : one.end]], one)
    try:
        loaded = load(data, "a.py", dialect, max_statement=5000)
        comments.read(data, dialect, within=loaded.within)
    except InputError:
        return
    for made in loaded.statements:
        holds(0 <= made.start < made.end <= len(data), made)


@cache
def chosen(dialect: str) -> tuple[Selection, Job, Cache]:
    """Return what runs in one dialect have in common."""
    selection = Selection(Choices(dialect=dialect, rules_for=("oltp", "warehouse", "migration")))
    job = Job(make="perftool.lint.worker:make", settings=settings(list(selection.rules), {}, (), ()))
    return selection, job, Cache(None)


def linted(found: Found, dialect: str, then: Callable[[Run], None]) -> None:
    """Lint one file and give the run, while it is open, to ``then``."""
    selection, job, kept = chosen(dialect)
    with InlineExecutor(job) as executor:
        done = Run(selection, kept, executor, Silent(), Limits(max_statement=20_000), b"salt")
        try:
            done.lint([found])
            then(done)
        finally:
            done.close()


def run(data: bytes) -> None:
    """The whole linter: every span is right, and all of them move along when something is put before the text."""
    first, dialect, data = parted(data)
    name = "migrations/a.py" if data[:7] in (b"import ", b"query =", b"sql = '", b"# -*- c") else "migrations/a.sql"
    seen: list[tuple[Diagnostic, ...]] = []

    def take(done: Run) -> None:
        seen.append(tuple(done.diagnostics))

    linted(Found(Path(name), name, data=data), dialect, take)
    for one in seen[0][:LOOKED_AT]:
        holds(one.code != RULE_FAILED, one.message)
        if one.span is not None:
            stands(one.span, data)
        for edit in one.fix.edits if one.fix else ():
            holds(0 <= edit.start <= edit.end <= len(data), one.code, edit)
    if first % 4 or data.startswith(_FOREIGN) or b"\0" in data[:80] or name.endswith(".py"):
        return
    linted(Found(Path(name), name, data=SHIFT + data), dialect, take)
    before, after = [_shifted(one) for one in seen[0]], [_bare(one) for one in seen[1]]
    holds(before == after, "shifted", *[pair for pair in zip_longest(before, after) if pair[0] != pair[1]][:2])


def _bare(one: Diagnostic) -> tuple[object, ...]:
    span = one.span
    holds(span is not None, one)
    return one.code, span and span.start, span and span.end, span and span.line, span and span.column


def _shifted(one: Diagnostic) -> tuple[object, ...]:
    code, start, end, line, column = _bare(one)
    return code, start + len(SHIFT), end + len(SHIFT), line + 2, column  # type: ignore[operator]


def fixing(data: bytes) -> None:
    """What is mended parses as before, says no more than before, and is the old file outside the edits."""
    first, dialect, data = parted(data)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if sys.platform == "linux" else None) as folder:
        path = Path(folder, "a.sql")
        path.write_bytes(data)
        found = Found(path, "migrations/a.sql")
        worker = Worker(chosen(dialect)[1].settings)

        def mend(done: Run) -> None:
            before = [one for one in done.diagnostics if one.fix and (one.fix.safe or first % 2)]
            old = _unparsed(done.diagnostics)
            came = fix(done, [found], worker, root=Path(folder), unsafe=bool(first % 2), only_show=False)
            new = path.read_bytes()
            holds(bool(came.findings) == (new != data), came)
            if new != data:
                holds(before, "changed without a fix")
                looked = done.look(found.name, new, worker.record)
                holds(_unparsed(looked.diagnostics) <= old, "unparsed", came)

        linted(found, dialect, mend)
        holds([one.name for one in Path(folder).iterdir()] == ["a.sql"], "left behind")


def _unparsed(found: Iterable[Diagnostic]) -> int:
    return sum(one.code.startswith("PT00") for one in found)


def stored(data: bytes) -> None:
    """Baselines, results to resume, NDJSON, CSV: refused in one line or read."""
    first, _, data = parted(data)
    try:
        if first % 6 == 0:
            known = Known.decode(data, name="a.json")
            holds(Known.decode(known.encode(), name="b.json") == known, "baseline")
            return
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            if first % 6 in (1, 2):
                end = resumed(file, Ndjson() if first % 6 == 1 else Csv(("kind", "nodes")), "a").end
                holds(0 <= end <= len(data) and (end == 0 or data[end - 1 : end] == b"\n"), end)
                return
            path = Path(f"/proc/self/fd/{file.fileno()}")
            options = ReadOptions(dialect="", max_statement=500, field="sql", column="sql", id="id")
            for record in (ndjson if first % 6 < 5 else csv).INPUT.read(path, "a.csv", options):
                holds((record.text is None) == bool(record.problem), record)
    except PerftoolError as error:
        holds(isinstance(error, (InputError, UsageError)) and "\n" not in error.message, error.message)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "cutting": cutting,
    "statement": statement,
    "comments": suppressing,
    "actions": actions,
    "python": python,
    "run": run,
    "fix": fixing,
    "stored": stored,
}
