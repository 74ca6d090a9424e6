"""Record the SQL that a program runs through one engine or connection: for its tests, or for a part of its work."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Any, Final, Self

from perftool.databases.recorder.alchemy import Listener
from perftool.databases.recorder.ledger import Ledger
from perftool.databases.recorder.proxies import RecordingConnection
from perftool.errors import UsageError

if TYPE_CHECKING:
    from types import TracebackType

    from perftool.model.diagnostic import Diagnostic
    from perftool.model.report import Report

#: What makes a report stands above databases: it is looked up by whoever asks for one, and by nobody else.
_ABOVE: Final = "perftool.profiling.statements_report"


class Recording:
    """What one engine or connection ran between ``start`` and ``stop``, or inside a ``with`` block.

    ``connection`` is what to use in place of a DB-API connection that was given; None for an engine.
    """

    def __init__(self, subject: object) -> None:
        self._ledger = Ledger()
        self._engine = _engine(subject)
        self._listener: Listener | None = None
        self.connection: Any = None
        if self._engine is None:
            self.connection = RecordingConnection(subject, self._ledger)
        self._cpu_s = 0.0

    def start(self) -> Self:
        """Begin to record; a second time changes nothing."""
        if self._engine is not None and self._listener is None:
            self._listener = Listener(self._ledger)
            self._listener.start(self._engine)
        self._cpu_s = time.process_time()
        return self

    def stop(self) -> Self:
        """End recording; what was recorded stays."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def count(self) -> int:
        """Return how many statements were run."""
        return sum(figure.count for figure in self._ledger.figures.values()) + self._ledger.lost

    def report(self) -> Report:
        """Return what was recorded as a report of kind "statements", its findings as diagnostics.

        Statements are shown in normal form: no literal and no parameter is in it.
        """
        made: Report = importlib.import_module(_ABOVE).recorded(self._said())
        return made

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return the findings alone."""
        return tuple(self.report().diagnostics)

    def assert_no_n_plus_one(self, most: int | None = None) -> None:
        """Make sure that no statement was run once for each row of another, and no more than ``most`` in all.

        raises: AssertionError that names the place in the program, the statement and the one whose rows it follows.
        """
        __tracebackhide__ = True
        report = self.report()
        found = [one for one in report.diagnostics if one.name == "n-plus-one"]
        if found:
            raise AssertionError("\n".join(_line(one) for one in found))
        if most is not None and self.count > most:
            payload: Any = report.payload
            top = sorted(payload.statements, key=lambda one: -one.count)[:5]
            listed = "".join(f"\n  {one.count:,} × {one.text}{_at(one)}" for one in top)
            raise AssertionError(f"{self.count:,} statements were run, at most {most:,} were expected:{listed}")

    def _said(self) -> dict[str, Any]:
        return {"cpu_s": time.process_time() - self._cpu_s, **self._ledger.said()}


def record(subject: object) -> Recording:
    """Return a recording of an engine, a sessionmaker, a session, an async one of these, or a DB-API connection.

    ::

        with record(engine) as recording:
            work()
        recording.assert_no_n_plus_one(most=12)

    A DB-API connection cannot be watched from outside: use ``recording.connection`` in its place.
    raises: UsageError for something else.
    """
    return Recording(subject)


def _engine(subject: Any) -> Any:
    """Return the synchronous engine behind what was given, None for a DB-API connection."""
    if hasattr(subject, "sync_engine"):
        return subject.sync_engine
    options = getattr(subject, "kw", None)
    if isinstance(options, dict) and options.get("bind") is not None:
        return _engine(options["bind"])
    if hasattr(subject, "sync_session"):
        return _engine(subject.sync_session)
    if hasattr(subject, "get_bind"):
        return _engine(subject.get_bind())
    if hasattr(subject, "dialect"):
        return subject.engine
    if hasattr(subject, "cursor") and hasattr(subject, "close"):
        return None
    raise UsageError(
        f"nothing to record: {type(subject).__name__} is no engine, session or connection",
        hint="record(create_engine(…)), record(sessionmaker(engine)) or record(sqlite3.connect(…))",
    )


def _line(one: Diagnostic) -> str:
    place = f"{one.span.path}:{one.span.line}: " if one.span is not None else ""
    return f"{place}{one.message}" + (f"\n  {one.help}" if one.help else "")


def _at(statement: Any) -> str:
    return f"  ({statement.sites[0].file}:{statement.sites[0].line})" if statement.sites else ""
