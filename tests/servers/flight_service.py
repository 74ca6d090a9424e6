"""A small Flight SQL server over DuckDB, for tests: a program that serves on the port it is given.

It speaks what clients use: statements prepared or not, updates, parameters, transactions, bulk ingestion, and says what
it is. ``CALL running()`` lists the statements that it executes, ``/* endpoints=N */`` in a query splits its rows.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
from pyarrow import flight

from tests.servers.protobuf import any_of, message

if TYPE_CHECKING:
    from collections.abc import Iterator

INFO: dict[int, str | bool | int] = {0: "perftool test server", 1: "1.0", 2: pa.__version__, 3: False, 4: True}
#: Transactions, cancelling, bulk ingestion: bit sets and flags of the protocol.
INFO |= {8: 1, 9: True, 10: True}
QUERIES = {"CommandStatementQuery", "CommandPreparedStatementQuery"}
LOOK_S = 0.01


class Service(flight.FlightServerBase):  # type: ignore[misc]
    """Statements of clients, each on a DuckDB cursor; those of a transaction share one."""

    def __init__(self, location: str, **options: Any) -> None:
        self.database = duckdb.connect(":memory:")
        self.prepared: dict[bytes, tuple[str, list[Any], bytes]] = {}
        self.transactions: dict[bytes, Any] = {}
        self.slices: dict[bytes, pa.Table] = {}
        self.running: dict[int, str] = {}
        self.numbers = itertools.count(1)
        # It serves from here on.
        super().__init__(location, **options)

    def handle(self) -> bytes:
        return b"%d" % next(self.numbers)

    # Queries

    def get_flight_info(self, context: Any, descriptor: Any) -> Any:
        kind, fields = any_of(descriptor.command)
        if kind == "CommandGetSqlInfo":
            return self.info(descriptor, info_table(set()).schema, [descriptor.command])
        sql, _, _ = self.statement(kind, fields)
        split = re.search(r"endpoints=(\d+)", sql)
        if split is None:
            return self.info(descriptor, self.schema_of(kind, fields), [descriptor.command])
        table, count = self.database.cursor().sql(sql).to_arrow_table(), int(split[1])
        size = -(-table.num_rows // count)
        tickets = [self.handle() for _ in range(count)]
        self.slices |= {ticket: table.slice(i * size, size) for i, ticket in enumerate(tickets)}
        return self.info(descriptor, table.schema, [b"slice:" + ticket for ticket in tickets])

    def info(self, descriptor: Any, schema: Any, tickets: list[bytes]) -> Any:
        endpoints = [flight.FlightEndpoint(ticket, []) for ticket in tickets]
        return flight.FlightInfo(schema, descriptor, endpoints, -1, -1)

    def get_schema(self, context: Any, descriptor: Any) -> Any:
        return flight.SchemaResult(self.schema_of(*any_of(descriptor.command)))

    def do_get(self, context: Any, ticket: Any) -> Any:
        if ticket.ticket.startswith(b"slice:"):
            return flight.RecordBatchStream(self.slices.pop(ticket.ticket.removeprefix(b"slice:")))
        kind, fields = any_of(ticket.ticket)
        if kind == "CommandGetSqlInfo":
            return flight.RecordBatchStream(info_table(wanted(fields)))
        return flight.GeneratorStream(self.schema_of(kind, fields), self.rows(context, kind, fields))

    def rows(self, context: Any, kind: str, fields: dict[int, Any]) -> Iterator[Any]:
        """Yield a statement's record batches; it is interrupted when its client is gone."""
        sql, parameters, cursor = self.statement(kind, fields)
        if sql == "CALL running()":
            yield pa.RecordBatch.from_arrays([pa.array(list(self.running.values()), pa.string())], ["statement"])
            return
        with self.watched(context, cursor, sql), translated():
            if is_query(cursor, sql):
                yield from cursor.sql(sql, params=parameters or None).to_arrow_reader(1000)
            else:
                found = cursor.execute(sql, parameters or None).fetchall()
                yield pa.RecordBatch.from_pydict({"Count": pa.array([row[0] for row in found], pa.int64())})

    @contextlib.contextmanager
    def watched(self, context: Any, cursor: Any, sql: str) -> Iterator[None]:
        number, ended = next(self.numbers), threading.Event()
        self.running[number] = sql

        def watch() -> None:
            while not ended.wait(LOOK_S):
                if context.is_cancelled():
                    cursor.interrupt()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()
            del self.running[number]

    def statement(self, kind: str, fields: dict[int, Any]) -> tuple[str, list[Any], Any]:
        """Return the text, parameters and cursor that a command means."""
        if kind.startswith("CommandPreparedStatement"):
            sql, parameters, transaction = self.prepared[fields[1]]
            return sql, parameters, self.transactions.get(transaction) or self.database.cursor()
        return fields[1].decode(), [], self.transactions.get(fields.get(2, b"")) or self.database.cursor()

    def schema_of(self, kind: str, fields: dict[int, Any]) -> Any:
        sql, parameters, cursor = self.statement(kind, fields)
        if sql == "CALL running()":
            return pa.schema([("statement", pa.string())])
        with translated():
            if not is_query(cursor, sql):
                return pa.schema([("Count", pa.int64())])
            if sql.upper().startswith("EXPLAIN"):
                return pa.schema([("explain_key", pa.string()), ("explain_value", pa.string())])
            sample = f"SELECT * FROM (\n{sql.rstrip().rstrip(';')}\n) LIMIT 0"
            return cursor.sql(sample, params=parameters or None).to_arrow_table().schema

    # Changes

    def do_put(self, context: Any, descriptor: Any, reader: Any, writer: Any) -> None:
        kind, fields = any_of(descriptor.command)
        if kind == "CommandPreparedStatementQuery":
            sql, _, transaction = self.prepared[fields[1]]
            self.prepared[fields[1]] = (sql, one_row(reader), transaction)
            return
        if kind == "CommandStatementIngest":
            count = self.ingest(fields, reader.read_all())
        elif kind in {"CommandStatementUpdate", "CommandPreparedStatementUpdate"}:
            sql, _, cursor = self.statement(kind, fields)
            rows = reader.read_all().to_pylist() if kind.startswith("CommandPrepared") else []
            with self.watched(context, cursor, sql), translated():
                count = sum(changed(cursor, sql, list(row.values())) for row in rows or [{}])
        else:
            raise NotImplementedError(kind)
        writer.write(message({1: count}))

    def ingest(self, fields: dict[int, Any], rows: Any) -> int:
        cursor = self.transactions.get(fields.get(6, b"")) or self.database.cursor()
        names = ", ".join(f'"{name}"' for name in rows.column_names)
        with translated():
            cursor.register("given", rows)
            cursor.execute(f'INSERT INTO "{fields[2].decode()}" ({names}) SELECT * FROM given')
        return int(rows.num_rows)

    # The rest of the protocol

    def do_action(self, context: Any, action: Any) -> Iterator[Any]:
        body = action.body.to_pybytes()
        fields = any_of(body)[1] if action.type != "CancelFlightInfo" else {}
        if action.type == "CreatePreparedStatement":
            handle, sql = self.handle(), fields[1].decode()
            self.prepared[handle] = (sql, [], fields.get(2, b""))
            with translated():
                schema = b"" if "?" in sql else self.schema_of("CommandPreparedStatementQuery", {1: handle}).serialize()
            yield packed("ActionCreatePreparedStatementResult", {1: handle, 2: bytes(schema)})
        elif action.type == "ClosePreparedStatement":
            self.prepared.pop(fields[1], None)
        elif action.type == "BeginTransaction":
            handle, cursor = self.handle(), self.database.cursor()
            cursor.begin()
            self.transactions[handle] = cursor
            yield packed("ActionBeginTransactionResult", {1: handle})
        elif action.type == "EndTransaction":
            cursor = self.transactions.pop(fields[1])
            with translated():
                cursor.commit() if fields[2] == 1 else cursor.rollback()
        else:
            raise NotImplementedError(action.type)


def packed(name: str, fields: dict[int, Any]) -> Any:
    url = f"type.googleapis.com/arrow.flight.protocol.sql.{name}".encode()
    return flight.Result(message({1: url, 2: message(fields)}))


def is_query(cursor: Any, sql: str) -> bool:
    *_, last = cursor.extract_statements(sql)
    return last.type in {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


def changed(cursor: Any, sql: str, parameters: list[Any]) -> int:
    rows = cursor.execute(sql, parameters or None).fetchall()
    return int(rows[0][0]) if rows else 0


def one_row(reader: Any) -> list[Any]:
    rows = reader.read_all().to_pylist()
    return list(rows[0].values()) if rows else []


def wanted(fields: dict[int, Any]) -> set[int]:
    """Return the numbers asked for; they come packed."""
    return set(fields.get(1, b"")) if isinstance(fields.get(1, b""), bytes) else {fields[1]}


def info_table(asked: set[int]) -> Any:
    """Return what the server says of itself, in the union type of the protocol."""
    chosen = {key: value for key, value in INFO.items() if not asked or key in asked}
    children: list[tuple[str, Any, list[Any]]] = [
        ("string_value", pa.string(), []),
        ("bool_value", pa.bool_(), []),
        ("bigint_value", pa.int64(), []),
        ("int32_bitmask", pa.int32(), []),
        ("string_list", pa.list_(pa.string()), []),
        ("int32_to_int32_list_map", pa.map_(pa.int32(), pa.list_(pa.int32())), []),
    ]
    kinds, offsets = [], []
    for value in chosen.values():
        kind = 0 if isinstance(value, str) else 1 if isinstance(value, bool) else 3
        kinds.append(kind)
        offsets.append(len(children[kind][2]))
        children[kind][2].append(value)
    union = pa.UnionArray.from_dense(
        pa.array(kinds, pa.int8()),
        pa.array(offsets, pa.int32()),
        [pa.array(values, kind) for _, kind, values in children],
        [name for name, _, _ in children],
    )
    schema = pa.schema([pa.field("info_name", pa.uint32(), nullable=False), pa.field("value", union.type)])
    return pa.table([pa.array(list(chosen), pa.uint32()), union], schema=schema)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what clients see as a wrong statement, or as one that was cancelled."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise flight.FlightCancelledError(str(error)) from error
    except duckdb.ConstraintException as error:
        raise pa.ArrowInvalid(f"constraint: {error}") from error
    except duckdb.Error as error:
        raise pa.ArrowInvalid(str(error)) from error


class Anybody(flight.ServerAuthHandler):  # type: ignore[misc]
    """Leave the handshake to the middleware, which sees the headers."""

    def authenticate(self, outgoing: Any, incoming: Any) -> None:
        pass

    def is_valid(self, token: bytes) -> str:
        return ""


class Door(flight.ServerMiddlewareFactory):  # type: ignore[misc]
    """Let in who shows the password or the token."""

    def __init__(self, basic: str, token: str) -> None:
        self.basic, self.token = basic, token

    def start_call(self, info: Any, headers: dict[str, list[str]]) -> Any:
        shown = (headers.get("authorization") or [""])[0]
        # Some clients leave the padding out.
        if shown.rstrip("=") not in {f"Basic {self.basic}".rstrip("="), f"Bearer {self.token}".rstrip("=")}:
            raise flight.FlightUnauthenticatedError("wrong user, password or token")
        return Opened(self.token)


class Opened(flight.ServerMiddleware):  # type: ignore[misc]
    """Answer with the token, which the client shows from then on."""

    def __init__(self, token: str) -> None:
        self.token = token

    def sending_headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--basic", help="user:password in base64")
    parser.add_argument("--token", default="")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    given = parser.parse_args()
    options: dict[str, Any] = {}
    if given.basic:
        options = {"middleware": {"door": Door(given.basic, given.token)}, "auth_handler": Anybody()}
    if given.certificate:
        options["tls_certificates"] = [(given.certificate.read_text(), given.key.read_text())]
    scheme = "grpc+tls" if given.certificate else "grpc"
    Service(f"{scheme}://127.0.0.1:{given.port}", **options).serve()


if __name__ == "__main__":
    main()
