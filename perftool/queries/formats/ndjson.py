"""NDJSON: one object a line."""

from __future__ import annotations

from perftool.queries.format import Format
from perftool.queries.json_frames import lines, terminated

FORMAT = Format(
    name="ndjson",
    suffixes=(".ndjson", ".jsonl"),
    summary="one JSON object a line",
    rows=lines,
    copies="ndjson",
    copied=terminated,
)
