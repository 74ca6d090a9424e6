"""Read back what streams wrote, as values that can be compared whatever the format was."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[tuple[Any, ...]]


def read(name: str, data: bytes, kinds: Sequence[str]) -> Rows:
    """Return the rows that ``data`` holds as format ``name``; ``kinds`` are the kinds of its columns."""
    if name == "csv":
        return [tuple(map(_of_text, kinds, row)) for row in fields(data.decode())[1:]]
    if name in ("arrow", "arrows", "parquet"):
        return [tuple(map(_of_arrow, kinds, row)) for row in _arrow(name, data)]
    text = data.decode()
    if name == "json":
        found = json.loads(text, parse_float=Decimal)
    elif name == "ndjson":
        found = [json.loads(line, parse_float=Decimal) for line in text.split("\n")[:-1]]
    else:
        *events, end, nothing = text.split("\n\n")
        assert (end, nothing) == ("event: end\ndata: " + json.dumps({"rows": len(events)}, separators=(",", ":")), "")
        found = [json.loads(event.removeprefix("data: "), parse_float=Decimal) for event in events]
    return [tuple(map(_of_json, kinds, row.values())) for row in found]


def fields(text: str) -> list[list[str | None]]:
    """Read CSV, telling an empty field (None) from one in quotes; the standard library's reader does not."""
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = at + 1
            while (end := text.index('"', end)) >= 0 and text[end + 1 : end + 2] == '"':
                end += 2
            row.append(text[at + 1 : end].replace('""', '"'))
            at = end + 1
        else:
            end = min(found for sign in ",\n" if (found := text.find(sign, at)) >= 0)
            row.append(text[at:end] or None)
            at = end
        if text[at] == "\n":
            rows.append(row)
            row = []
        else:
            assert text[at] == ","
            if text[at + 1] == "\n":
                row.append(None)
                rows.append(row)
                row, at = [], at + 1
        at += 1
    return rows


def _of_text(kind: str, value: str | None) -> Any:
    if value is None or kind == "text":
        return value
    if kind == "bool":
        return {"true": True, "false": False}[value]
    if kind == "nested":
        return json.loads(value)
    return _of_word(kind, value)


def _of_word(kind: str, value: str) -> Any:
    if kind == "bytes":
        return bytes.fromhex(value)
    if kind == "date":
        return dt.date.fromisoformat(value)
    if kind in ("timestamp", "moment"):
        return dt.datetime.fromisoformat(value)
    return {"int": int, "float": float, "decimal": Decimal}[kind](value)


def _of_json(kind: str, value: Any) -> Any:
    if kind == "float" and value is not None:
        return float(value)
    if kind == "decimal" and value is not None:
        return Decimal(value)
    return _of_word(kind, value) if kind in ("bytes", "date", "timestamp", "moment") and value is not None else value


def _arrow(name: str, data: bytes) -> Rows:
    import pyarrow as pa
    from pyarrow import parquet

    if name == "parquet":
        table = parquet.read_table(io.BytesIO(data))
    else:
        opened = pa.ipc.open_file if name == "arrow" else pa.ipc.open_stream
        table = opened(io.BytesIO(data)).read_all()
    columns = [table.column(number).to_pylist() for number in range(table.num_columns)]
    return list(zip(*columns, strict=True))


def _of_arrow(kind: str, value: Any) -> Any:
    if kind == "decimal" and value is not None:
        return Decimal(value)
    return json.loads(value) if kind == "nested" and isinstance(value, str) else value


def expected(name: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what reading should give for ``row``: JSON has no word for what is not finite."""
    return tuple(_expected(name, value) for value in row)


def _expected(name: str, value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        if name in ("json", "ndjson", "sse"):
            return None
        return "nan" if math.isnan(value) else value
    return value


def comparable(rows: Rows) -> Rows:
    """Return rows in which NaN equals NaN."""
    return [tuple("nan" if isinstance(value, float) and math.isnan(value) else value for value in row) for row in rows]
