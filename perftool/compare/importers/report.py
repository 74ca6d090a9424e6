"""Read perftool's own reports."""

from __future__ import annotations

from typing import BinaryIO

from perftool.compare import json_input
from perftool.compare.api import Imported, Importer, ReadOptions
from perftool.compare.reported import imported


def _detects(head: bytes) -> bool:
    return json_input.has_keys(head, "schema_version", "tool")


def _read(stream: BinaryIO, name: str, _: ReadOptions) -> Imported:
    from perftool.store import reports

    return imported(reports.decode(json_input.load(stream, name), name=name), name)


IMPORTER = Importer("report", detects=_detects, read=_read)
