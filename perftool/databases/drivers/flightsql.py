"""Any Arrow Flight SQL server, through ADBC."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool import discovery
from perftool.databases import adbc, arrow
from perftool.databases.api import Capabilities, Driver, Facts, Plan, Result
from perftool.databases.dbapi import Session
from perftool.databases.faults import CannotConnectError, StatementError
from perftool.databases.translating import Translator
from perftool.errors import PerftoolError, UnavailableError, UsageError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from perftool.databases.address import Address
    from perftool.databases.api import Access, Parameters, Row

PORT: Final = 31337
#: Options of a URL → those of the driver; ``tls_root``, ``mtls_certificate`` and ``mtls_key`` are paths of PEM files.
OPTIONS: Final[Mapping[str, str]] = {
    "tls_hostname": "adbc.flight.sql.client_option.tls_override_hostname",
    "tls_skip_verify": "adbc.flight.sql.client_option.tls_skip_verify",
    "cookies": "adbc.flight.sql.rpc.with_cookie_middleware",
    "max_message": "adbc.flight.sql.client_option.with_max_msg_size",
}
FILES: Final[Mapping[str, str]] = {
    "tls_root": "adbc.flight.sql.client_option.tls_root_certs",
    "mtls_certificate": "adbc.flight.sql.client_option.mtls_cert_chain",
    "mtls_key": "adbc.flight.sql.client_option.mtls_private_key",
}
KNOWN: Final = ("tls", "token", *OPTIONS, *FILES)
LIMITS: Final = tuple(f"adbc.flight.sql.rpc.timeout_seconds.{call}" for call in ("query", "fetch", "update"))
TRANSIENT: Final[Mapping[str, str]] = {"IO": "the server was not reached, or went away"}
CAPABILITIES: Final = Capabilities(
    read_only=False,
    cancel=True,
    server=True,
    # Some servers have them: transaction() works there.
    transactions=False,
    isolation=True,
    arrow=True,
    copies=(),
    loads=("adbc",),
    counters=(),
    parameter="?",
    dialect="",
)


class FlightSQL(Session):
    """One connection to a Flight SQL server. The protocol has no read-only sessions: the server decides on writes."""

    capabilities = CAPABILITIES

    def __init__(self, address: Address, access: Access) -> None:
        self._running: Any = None
        super().__init__(opened(address, access), address, access, adbc.fault)
        self._info: Mapping[str, Any] = {}
        try:
            self._greet()
        except BaseException:
            self.close()
            raise

    def _greet(self) -> None:
        """Call the server once, since connecting does not; one that has nothing to say of itself is there as well."""
        if self.access.settings:
            raise UsageError("Flight SQL has no session settings", hint="leave --set out")
        limit = {name: str(self.access.connect_timeout_s) for name in LIMITS}
        self._raw.adbc_connection.set_options(**limit)
        try:
            self._info = self._raw.adbc_get_info()
        except Exception as error:
            told = self.translator.connecting(error)
            if told is None:
                raise
            if told.fault.kind != "statement":
                raise _unreached(told) from error
        self._raw.adbc_connection.set_options(**dict.fromkeys(LIMITS, "0"))

    # Statements: their rows are Arrow, whatever is asked for

    def execute(self, sql: str, parameters: Parameters = (), *, timeout_s: float | None = None) -> Result:
        """Run one statement and return all its rows."""
        with self._guarded(None), self._reading(sql, parameters, timeout_s) as reader:
            columns = arrow.columns_of(reader.schema)
            rows = [row for batch in reader for row in arrow.rows_of(batch)]
        return Result(columns, rows)

    def stream(
        self, sql: str, parameters: Parameters = (), *, chunk_rows: int = 1000, timeout_s: float | None = None
    ) -> arrow.ArrowStream:
        """Run one statement and return its rows as they come."""
        reading = self._reading(sql, parameters, timeout_s)
        return arrow.ArrowStream(reading, lambda: self._guarded(None), chunk_rows)

    @contextlib.contextmanager
    def batches(self, sql: str, *, timeout_s: float | None = None) -> Iterator[Any]:
        """Run one statement and give its record batches; leaving the block early cancels it."""
        with self._guarded(None), self._reading(sql, (), timeout_s) as reader:
            yield reader

    @contextlib.contextmanager
    def _reading(self, sql: str, parameters: Parameters, timeout_s: float | None) -> Iterator[Any]:
        options = dict.fromkeys(LIMITS, str(timeout_s or 0))
        with adbc.closed(self._raw.cursor(adbc_stmt_kwargs=options)) as cursor:
            self._running = cursor
            try:
                self._run(cursor, sql, parameters)
                with adbc.reading(cursor) as reader:
                    yield reader
            finally:
                self._running = None

    def _cursor(self) -> Any:
        return _Cursor(self._raw.cursor())

    # Many rows in

    def _load(self, way: str, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        """Send record batches in one call, so that the server decides on all of them together."""
        del way
        pa = arrow.pyarrow()
        source = iter(rows)
        first = list(islice(source, batch_rows))
        if not first:
            return 0
        schema = self._schema(table, columns, first)
        count = 0

        def chunks() -> Iterator[Any]:
            nonlocal count
            for batch in arrow.batches(_joined(first, source), schema, batch_rows):
                count += batch.num_rows
                yield batch

        reader = pa.RecordBatchReader.from_batches(schema, chunks())
        try:
            with self._guarded(None), adbc.closed(self._raw.cursor()) as cursor:
                cursor.adbc_ingest(table, reader, mode="append")
        except StatementError as error:
            if error.fault.code == "NOT_IMPLEMENTED":
                raise UnavailableError(f"{self.address.label}: this server takes no bulk ingestion") from error
            raise
        return count

    def _schema(self, table: str, columns: Sequence[str], first: list[Row]) -> Any:
        names = ", ".join(self._quoted(name) for name in columns)
        with self._guarded(None), self._reading(f"SELECT {names} FROM {self._table(table)} LIMIT 0", (), None) as found:  # noqa: S608
            types = [field.type for field in found.schema]
        # ROAPI says nothing of a result that is empty.
        types = types if len(types) == len(columns) else [None] * len(columns)
        return arrow.schema_of(columns, types, first)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, roll back when it raises; not every server can."""
        with self._guarded(None):
            try:
                self._raw.adbc_connection.set_autocommit(False)
            except Exception as error:
                if getattr(getattr(error, "status_code", None), "name", "") != "NOT_IMPLEMENTED":
                    raise
                raise UnavailableError(f"{self.address.label}: this server has no transactions") from error
        self._open = True
        try:
            yield
            with self._guarded(None):
                self._raw.adbc_connection.commit()
        except BaseException:
            with contextlib.suppress(PerftoolError), self._guarded(None):
                self._raw.adbc_connection.rollback()
            raise
        finally:
            self._open = False
            with contextlib.suppress(PerftoolError), self._guarded(None):
                self._raw.adbc_connection.set_autocommit(True)

    def _all_or_nothing(self) -> contextlib.AbstractContextManager[None]:
        # One call writes all; what it wrote before a failure is the server's to undo.
        return contextlib.nullcontext()

    # What is known

    def explain(self, sql: str, *, analyze: bool = False) -> Plan:
        """Return what the server answers to EXPLAIN."""
        result = self.execute(f"EXPLAIN {'ANALYZE ' if analyze else ''}{sql}")
        return Plan("\n".join(" ".join(str(value) for value in row) for row in result.rows), analyzed=analyze)

    def counters(self, sql: str) -> Mapping[str, float]:
        """Execute the statement; the protocol says nothing of what it cost."""
        self.execute(sql)
        return {}

    def facts(self) -> Facts:
        """Say what the server says of itself."""
        from importlib.metadata import version as installed

        version = str(self._info.get("vendor_version", ""))
        system = str(self._info.get("vendor_name") or "Flight SQL")
        return Facts(system, version, f"adbc-driver-flightsql {installed('adbc-driver-flightsql')}", {})

    # The session

    def ping(self) -> bool:
        """Say whether the session still answers, in the time that connecting may take."""
        try:
            return bool(self.execute("SELECT 1", timeout_s=self.access.connect_timeout_s).rows)
        except PerftoolError:
            return False

    def cancel(self) -> None:
        """Stop the statement that runs."""
        cursor = self._running
        if cursor is not None:
            # It may have ended in between.
            with contextlib.suppress(Exception):
                cursor.adbc_cancel()

    def reset(self) -> None:
        """Do nothing: a session has no state but its transaction, which ends with its block."""

    def close(self) -> None:
        """End the session; may be called twice."""
        if not self._closed:
            self._closed = True
            adbc.close(self._raw)


class _Cursor:
    """A cursor that closes without complaint when its server is gone."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def close(self) -> None:
        adbc.close(self._cursor)


def _joined(first: list[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest


def opened(address: Address, access: Access) -> Any:
    """Make a connection; nothing is called yet, unless a user has to log in."""
    del access
    import adbc_driver_flightsql.dbapi as flightsql

    unknown = [name for name in (*address.options, *address.secrets) if name not in KNOWN]
    if unknown:
        raise discovery.unknown("option of a flightsql URL", unknown[0], KNOWN)
    scheme = "grpc+tls" if address.options.get("tls", "").lower() in {"1", "true", "yes"} else "grpc"
    host = f"[{address.host}]" if ":" in address.host else address.host
    uri = f"{scheme}://{host or 'localhost'}:{address.port or PORT}"
    try:
        connection = flightsql.connect(uri, db_kwargs=_options(address), autocommit=True)
    except Exception as error:
        told = Translator(adbc.fault, address).connecting(error)
        if told is None:
            raise
        raise _unreached(told) from error
    if address.database:
        connection.adbc_connection.set_options(**{"adbc.connection.catalog": address.database})
    return connection


def _unreached(error: CannotConnectError) -> CannotConnectError:
    """Tell a server that is not there from one that went away."""
    if error.fault.kind != "lost":
        return error
    hint = "does it listen there? with TLS, the URL ends in ?tls=true"
    return CannotConnectError(replace(error.fault, kind="refused"), hint=hint)


def _options(address: Address) -> dict[str, str]:
    given = {**address.options, **{name: secret.reveal() for name, secret in address.secrets.items()}}
    options = {OPTIONS[name]: value for name, value in given.items() if name in OPTIONS}
    for name, option in FILES.items():
        if name in given:
            try:
                options[option] = Path(given[name]).read_text()
            except OSError as error:
                raise UsageError(f"{name}: {given[name]}: {error.strerror}") from error
    if "token" in given:
        options["adbc.flight.sql.authorization_header"] = f"Bearer {given['token']}"
    if address.user:
        options |= {"username": address.user, "password": address.password.reveal()}
    return options


def check() -> None:
    """Say how to install ADBC's driver where it is missing."""
    for module in ("pyarrow", "adbc_driver_flightsql", "adbc_driver_manager"):
        if find_spec(module) is None:
            raise missing_extra(module.replace("_", "-"), "arrow")


DRIVER = Driver(
    name="flightsql",
    schemes=("flightsql", "grpc"),
    summary="Arrow Flight SQL servers, through ADBC",
    capabilities=CAPABILITIES,
    connect=FlightSQL,
    check=check,
    fault=adbc.fault,
    transient=TRANSIENT,
    extra="arrow",
)
