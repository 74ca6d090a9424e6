"""The ways that rows take from a database into a format, and which of them is the fastest that tells the truth."""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from perftool.databases.faults import ConnectionLostError, StatementError
from perftool.databases.wording import described, worded
from perftool.errors import UnavailableError, UsageError, missing_extra
from perftool.queries.giving import may_write
from perftool.queries.pieces import Counted
from perftool.queries.record_batches import ShapeError
from perftool.queries.written_values import unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from perftool.databases.api import Capabilities, Connection, Driver, Guard, Row
    from perftool.queries.format import Format

COPY: Final = "copy"
ARROW: Final = "arrow"
CURSOR: Final = "cursor"
PATHS: Final = (COPY, ARROW, CURSOR)

ColumnTypes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be streamed: ``path`` is one of PATHS, "" for the fastest. ``lasting``: the sink cannot go back."""

    sql: str
    form: Format
    path: str = ""
    chunk_rows: int = 1000
    timeout_s: float | None = None
    lasting: bool = True


@dataclass(frozen=True, kw_only=True)
class Source:
    """A way that is open, and what the driver calls it in ``detail``.

    ``pieces`` are in the format asked for; ``rows`` says how many of them were passed on.
    """

    path: str
    detail: str
    columns: ColumnTypes
    pieces: Iterator[bytes]
    rows: Callable[[], int]


def candidates(question: Question, capabilities: Capabilities) -> tuple[list[str], list[str]]:
    """Return the ways to try, the fastest first, and why others are none.

    raises: UsageError for a path that is asked for and does not lead to the format.
    """
    form, reasons = question.form, []
    ways = [CURSOR]
    if may_write(question.sql):
        # Other paths may ask twice.
        form = replace(form, batches=None, copies="")
        reasons.append("copy, arrow: the statement may write")
    if form.batches is not None:
        if not capabilities.arrow:
            reasons.append(f"{ARROW}: this system gives no Arrow")
        else:
            ways.insert(0, ARROW)
    if form.copies:
        if form.copies not in capabilities.copies:
            reasons.append(f"{COPY}: the engine itself cannot write {form.copies}")
        elif form.copies in capabilities.slow_copies and question.path != COPY:
            reasons.append(f"{COPY}: the engine takes longer to write {form.copies} than to hand over rows")
        else:
            ways.insert(0, COPY)
    if not question.path:
        return ways, reasons
    if question.path not in PATHS:
        raise UsageError(f"--path {question.path}: no such path", hint="known: " + ", ".join(PATHS))
    if question.path not in ways:
        why = next((one for one in reasons if one.startswith(question.path)), f"{question.path}: not for {form.name}")
        raise UsageError(f"--path {why}", hint="leave --path out for the fastest")
    return [question.path], []


def load(form: Format, way: str) -> None:
    """Import what a way needs, so that it counts neither as time nor as memory of the rows.

    raises: UnavailableError with the install line where pyarrow is missing and nothing else will do.
    """
    if not form.typed and (way != ARROW or not form.package):
        return
    try:
        importlib.import_module(form.package)
    except ImportError as error:
        if form.typed:
            raise missing_extra("pyarrow", "arrow") from error


@contextlib.contextmanager
def opened(
    connection: Connection, driver: Driver, question: Question, ways: Sequence[str], reasons: list[str]
) -> Iterator[Source]:
    """Open the first of ``ways`` that can be taken; why others could not is added to ``reasons``.

    A way is taken when its first bytes are there: what an engine cannot format it says by then.
    """
    with contextlib.ExitStack() as stack:
        for number, way in enumerate(ways):
            last = number == len(ways) - 1
            try:
                with contextlib.ExitStack() as opening:
                    source = opening.enter_context(_WAYS[way](connection, driver, question))
                    stack.push(opening.pop_all())
            except ConnectionLostError:
                raise
            except (UnavailableError, ShapeError) as error:
                if last:
                    raise
                reasons.append(f"{way}: {error.message}")
            except StatementError as error:
                # What cannot stand inside a COPY may be a statement all the same; if not, the cursor says so better.
                if last or error.fault.kind != "statement":
                    raise
                reasons.append(f"{way}: {error.message}")
            else:
                yield source
                return


@contextlib.contextmanager
def _copied(connection: Connection, driver: Driver, question: Question) -> Iterator[Source]:
    form = question.form
    assert form.copied is not None
    assert form.copies
    sql = question.sql
    columns: ColumnTypes = ()
    if driver.words:
        found = connection.execute(described(sql), timeout_s=question.timeout_s).columns
        names = unique(found) if form.copies == "ndjson" else [column.name for column in found]
        sql = worded(sql, found, names, driver.words, form.copies)
        columns = tuple((column.name, column.type) for column in found)
    with connection.copy_out(sql, form.copies, timeout_s=question.timeout_s) as pieces:
        quoted = form.copies == "csv"
        counted = Counted(_begun(pieces), quoted=quoted, header=int(quoted))
        yield Source(path=COPY, detail="", columns=columns, pieces=form.copied(counted), rows=lambda: counted.rows)


@contextlib.contextmanager
def _arrow(connection: Connection, driver: Driver, question: Question) -> Iterator[Source]:
    form = question.form
    assert form.batches is not None
    sql, guard = question.sql, driver.guard
    if guard is not None:
        sql = _guarded(connection, guard, question)
    with connection.batches(sql, timeout_s=question.timeout_s) as reader:
        batches = Batches(reader) if guard is None else GuardedBatches(reader)
        check_schema(batches.schema, form)
        columns = tuple((field.name, str(field.type)) for field in batches.schema)
        yield Source(path=ARROW, detail="", columns=columns, pieces=form.batches(batches), rows=lambda: batches.rows)


@contextlib.contextmanager
def _cursor(connection: Connection, _driver: Driver, question: Question) -> Iterator[Source]:
    form = question.form
    with connection.stream(question.sql, chunk_rows=question.chunk_rows, timeout_s=question.timeout_s) as stream:
        chunks = Chunks(_begun(stream))
        if not stream.columns:
            raise UsageError("the statement gives no rows", hint="perftool query run executes it")
        columns = tuple((column.name, column.type) for column in stream.columns)
        yield Source(
            path=CURSOR,
            detail=stream.path,
            columns=columns,
            pieces=form.rows(stream.columns, chunks),
            rows=lambda: chunks.rows,
        )


_WAYS: Final = {COPY: _copied, ARROW: _arrow, CURSOR: _cursor}


def _guarded(connection: Connection, guard: Guard, question: Question) -> str:
    """Return the statement by which a system tells of values that Arrow would change.

    raises: UnavailableError where that could come too late, or would cost the query twice.
    """
    if question.lasting:
        raise UnavailableError("a column's type is known when all its values are, and what was written is seen")
    if not guard.begins_again(connection, question.sql):
        raise UnavailableError("columns have no types here, and to look at the first rows would cost the query twice")
    with connection.batches(question.sql, timeout_s=question.timeout_s) as reader:
        check_schema(reader.schema, question.form)
        return guard.guarded(question.sql, reader.schema)


class GuardedBatches:
    """Batches whose last column says whether their values are what rows would hold."""

    def __init__(self, reader: Any) -> None:
        import pyarrow as pa

        self.rows = 0
        width = len(reader.schema) - 1
        self.schema = pa.schema([reader.schema.field(number) for number in range(width)])
        self._reader = iter(_begun(reader))
        self._columns = list(range(width))

    def __iter__(self) -> Iterator[Any]:
        for batch in self._reader:
            if 0 in batch.column(len(self._columns)).unique().to_pylist():
                raise ShapeError(f"behind row {self.rows:,} comes a value of another type than its column's first ones")
            self.rows += batch.num_rows
            yield batch.select(self._columns)


class Batches:
    """A reader of record batches that counts rows, with column names that an object can have."""

    def __init__(self, reader: Any) -> None:
        self.rows = 0
        self.schema = reader.schema
        self._reader = iter(_begun(reader))

    def __iter__(self) -> Iterator[Any]:
        for batch in self._reader:
            self.rows += batch.num_rows
            yield batch


class Chunks:
    """Chunks of rows that are counted as they are taken."""

    def __init__(self, chunks: Iterable[Sequence[Row]]) -> None:
        self.rows = 0
        self._chunks = chunks

    def __iter__(self) -> Iterator[Sequence[Row]]:
        for chunk in self._chunks:
            self.rows += len(chunk)
            yield chunk


def _begun(source: Iterable[Any]) -> Iterator[Any]:
    """Return an iterator whose first element is there already: what is wrong shows before anything is written."""
    walk = iter(source)
    first = next(walk, None)

    def all_of_it() -> Iterator[Any]:
        if first is not None:
            yield first
            yield from walk

    return all_of_it()


def check_schema(schema: Any, form: Format) -> None:
    """Make sure that a format writes every column as the rows' own values would be.

    raises: UnavailableError naming the column and its type.
    """
    import pyarrow as pa

    names = [field.name for field in schema]
    if form.typed:
        if len(set(names)) < len(names):
            raise UnavailableError("two columns have one name")
        return
    kinds = pa.types
    fine = (
        kinds.is_integer, kinds.is_floating, kinds.is_boolean, kinds.is_string, kinds.is_large_string, kinds.is_date32,
        kinds.is_timestamp, kinds.is_decimal, kinds.is_null,
    )  # fmt: skip
    for field in schema:
        if not any(test(field.type) for test in fine):
            raise UnavailableError(f"column {field.name} is {field.type}, which Arrow writes in another way as text")
