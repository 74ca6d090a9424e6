"""How DuckDB's COPY has to be asked, so that it writes what the rows that its library gives would be written as."""

from __future__ import annotations

from typing import Final

from perftool.databases.api import Word

_WHOLE: Final = "U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER"
_UTC: Final = "strftime({0} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
#: Lists and structs of what is written alike inside and outside of them.
_NESTED: Final = r"(STRUCT\()?((?!FLOAT|DOUBLE|DECIMAL|TIME|BLOB|INTERVAL|MAP|UNION|JSON|BIT|VARIANT).)*(\)|\[\d*\])"

#: source: duckdb.org, "Data Types" and "JSON Creation Functions"; what they leave open was tried.
WORDS: Final = (
    Word(_WHOLE),
    Word(r"VARCHAR|UUID|BOOLEAN|ENUM\(.*\)"),
    # Single precision is widened by every reader.
    Word(r"FLOAT|DOUBLE", "{0}::DOUBLE", "CASE WHEN isfinite({0}) THEN {0}::DOUBLE END"),
    # Its JSON has decimals as floating-point numbers: exact up to 15 digits.
    Word(r"DECIMAL\(([1-9]|1[0-5]),\d+\)"),
    Word(r"DECIMAL\(.*\)", ndjson=None),
    Word(r"DATE|TIME"),
    Word(r"TIMESTAMP", ndjson="replace({0}::VARCHAR, ' ', 'T')"),
    Word(r"TIMESTAMP WITH TIME ZONE", ndjson=_UTC),
    Word(r"BLOB", "lower(hex({0}))", "lower(hex({0}))"),
    # Its library gives documents as text.
    Word(r"JSON", ndjson="{0}::VARCHAR"),
    Word(_NESTED, "to_json({0})::VARCHAR"),
)
