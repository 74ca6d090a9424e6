"""How PostgreSQL's COPY has to be asked, so that it writes what psycopg's rows would be written as."""

from __future__ import annotations

from typing import Final

from perftool.databases.api import Word

_ENDS: Final = "CASE WHEN {0} > '-Infinity' AND {0} < 'Infinity' THEN {0} END"
_DOCUMENT: Final = "CASE WHEN {0}_typeof(@) IN ('object', 'array') THEN @::text ELSE @ #>> '{{{{}}}}' END"
_PLAIN_ELEMENTS: Final = (
    r"(smallint|integer|bigint|int[248]|text|bool(ean)?|uuid|date|name|(character varying|varchar)(\(\d+\))?"
    r"|timestamp.*)\[\]"
)

#: source: PostgreSQL's documentation, "JSON Types", "Data Type Formatting Functions" and "COPY".
WORDS: Final = (
    Word(r"smallint|integer|bigint|oid|int[248]"),
    Word(r'text|character varying(\(\d+\))?|varchar(\(\d+\))?|name|"char"'),
    Word(r"uuid|xml|money|tsvector|(bit|bit varying)(\(\d+\))?"),
    Word(r"(character|char|bpchar)(\(\d+\))?"),
    Word(r"boolean|bool", csv="{0}::text"),
    # NaN is larger than infinity there.
    Word(r"real|double precision|float[48]", ndjson=_ENDS),
    # Neither NaN nor infinity, which older releases have no word for, leaves nothing when taken from itself.
    Word(r"numeric(\(.*\))?|decimal(\(.*\))?", ndjson="CASE WHEN {0} - {0} = 0 THEN {0} END"),
    Word(r"date|(time|timestamp)(\(\d\))?( with(out)? time zone)?|(time|timestamp)(tz)?(\(\d\))?"),
    Word(r"bytea", "encode({0}, 'hex')", "encode({0}, 'hex')"),
    Word(r"jsonb", _DOCUMENT.format("jsonb").replace("@", "{0}")),
    # Its text may have ends of lines.
    Word(r"json", _DOCUMENT.format("json").replace("@", "{0}"), "to_jsonb({0})"),
    Word(r"inet|cidr|macaddr"),
    Word(_PLAIN_ELEMENTS, "to_json({0})::text"),
)
