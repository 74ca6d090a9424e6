"""The part of SARIF 2.1.0 that perftool writes, as a strict JSON schema made from the text of the standard.

It forbids every property that is not meant to be written. The standard's own schema allows far more; a copy of it under
``tests/data/sarif/`` (or where SARIF_SCHEMA points) is used beside this one where there is one.

source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", sections 3.13 to 3.58
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
PLACE: Schema = {"type": "integer", "minimum": 1}
BAG: Schema = {"type": "object"}
LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}


def exactly(*, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Return the schema of an object with these properties and no other."""
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in properties.items()},
        "required": list(required),
        "additionalProperties": False,
    }


def listed(items: Schema, *, least: int = 0) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": items, "minItems": least}


MESSAGE = exactly(required=("text",), text=TEXT)
# 3.4.3: relative to a base there is no scheme, no leading slash; RFC 3986: what is no URI character is encoded.
ARTIFACT = exactly(
    required=("uri", "uriBaseId"),
    uri={"type": "string", "pattern": r"^(?!/)([A-Za-z0-9._~/-]|%[0-9A-F]{2})*$"},
    uriBaseId={"const": "%SRCROOT%"},
)
BYTES = exactly(required=("byteOffset", "byteLength"), byteOffset=COUNT, byteLength=COUNT)
# 3.30.4: a text region has its start, and both ends or none of the second; 3.30.9: beside it a binary region.
REGION: Schema = {
    **exactly(
        required=("startLine", "startColumn", "byteOffset", "byteLength"),
        startLine=PLACE,
        startColumn=PLACE,
        endLine=PLACE,
        endColumn=PLACE,
        byteOffset=COUNT,
        byteLength=COUNT,
    ),
    "dependentRequired": {"endLine": ["endColumn"], "endColumn": ["endLine"]},
}
LOCATION = exactly(
    required=("physicalLocation",),
    physicalLocation=exactly(required=("artifactLocation",), artifactLocation=ARTIFACT, region=REGION),
)
REPLACEMENT = exactly(required=("deletedRegion",), deletedRegion=BYTES, insertedContent=MESSAGE)
FIX = exactly(
    required=("artifactChanges",),
    description=MESSAGE,
    artifactChanges=listed(
        exactly(
            required=("artifactLocation", "replacements"),
            artifactLocation=ARTIFACT,
            replacements=listed(REPLACEMENT, least=1),
        ),
        least=1,
    ),
    properties=exactly(required=("safe",), safe={"type": "boolean"}),
)
RESULT = exactly(
    required=("ruleId", "level", "message"),
    ruleId=TEXT,
    ruleIndex=COUNT,
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION, least=1),
    partialFingerprints=exactly(**{"perftoolFinding/v1": TEXT}),
    fixes=listed(FIX, least=1),
    properties=BAG,
)
RULE = exactly(
    required=("id", "shortDescription", "fullDescription", "help", "defaultConfiguration"),
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=exactly(required=("level",), level=LEVEL),
    properties=BAG,
)
NOTIFICATION = exactly(
    required=("level", "message"),
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION),
    descriptor=exactly(required=("id",), id=TEXT),
)
INVOCATION = exactly(
    required=("executionSuccessful",),
    executionSuccessful={"type": "boolean"},
    endTimeUtc={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    toolExecutionNotifications=listed(NOTIFICATION),
)
RUN = exactly(
    required=("tool", "invocations", "columnKind", "results"),
    tool=exactly(
        required=("driver",),
        driver=exactly(required=("name", "version", "rules"), name=TEXT, version=TEXT, rules=listed(RULE)),
    ),
    invocations=listed(INVOCATION, least=1),
    columnKind={"const": "unicodeCodePoints"},
    originalUriBaseIds=exactly(**{"%SRCROOT%": exactly(description=MESSAGE)}),
    properties=BAG,
    results=listed(RESULT),
)
LOG: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **exactly(
        required=("version", "runs"),
        **{"$schema": {"type": "string", "format": "uri"}},
        version={"const": "2.1.0"},
        runs={**listed(RUN), "minItems": 1, "maxItems": 1},
    ),
}
