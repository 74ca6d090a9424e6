"""The JSON Schema of reports, generated from the model.

``python -m perftool.store.schema docs/schema/report-1.json`` writes it.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import msgspec

from perftool.model.report import SCHEMA_VERSION, Report
from perftool.store import atomic


def document() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every report of this major version satisfies.

    Unknown fields are allowed: a later minor version may add some.
    """
    major = SCHEMA_VERSION.partition(".")[0]
    (reference,), components = msgspec.json.schema_components([Report], ref_template="#/$defs/{name}")
    definitions: dict[str, Any] = {name: _tidied(schema) for name, schema in sorted(components.items())}
    definitions["Report"]["properties"]["schema_version"] = {"type": "string", "pattern": rf"^{major}\.[0-9]+$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"perftool report, version {major}",
        **reference,
        "$defs": definitions,
    }


def encoded() -> bytes:
    """Return the schema as the file that is checked in."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


def _tidied(schema: dict[str, Any]) -> dict[str, Any]:
    """Drop defaults: writers always write every field, readers fill in what an older minor version lacks.

    Descriptions are docstrings, whose indentation Python 3.13 removes and earlier versions keep.
    """
    if "description" in schema:
        schema["description"] = inspect.cleandoc(schema["description"])
    properties = schema.get("properties", {})
    for name, value in properties.items():
        properties[name] = {key: inner for key, inner in value.items() if key != "default"}
    return schema


def main(arguments: list[str]) -> int:
    """Write the schema to the file named by the only argument."""
    (path,) = arguments
    atomic.write_bytes(Path(path), encoded())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
