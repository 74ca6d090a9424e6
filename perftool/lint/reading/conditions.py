"""Decide the conditions of a template that can be decided without running it."""

from __future__ import annotations

import re
from typing import Final

_ADAPTERS: Final = {
    "postgres": frozenset({"postgres", "postgresql", "alloydb", "greenplum", "cockroachdb"}),
    "tsql": frozenset({"sqlserver", "synapse", "fabric"}),
    "databricks": frozenset({"databricks", "spark"}),
    "trino": frozenset({"trino", "presto", "athena", "starburst"}),
}
_REPEATED: Final = re.compile(
    rb"\bnot\s++loop\.(?:first|last)\b"
    rb"|\bloop\.index\s*+(?:>=?|!=|<(?!=))\s*+\S"
    rb"|\bloop\.index0\s*+(?:>|!=)\s*+0\b"
    rb"|\bloop\.revindex0?\s*+(?:>|!=)\s*+[01]\b"
    rb"|\bloop\.(?:nextitem|previtem)\s++is\s++defined\b"
    rb"|\bloop\.(?:first|last)\s*+(?:==\s*+(?i:false)|!=\s*+(?i:true)|is\s++(?:false|sameas\s++false))\b"
)
_ADAPTER: Final = re.compile(
    rb"\(?\s*+(?P<not>not\s++)?+\(?target\.(?:type|name)\s*+(?P<how>==|!=|in|not\s++in)\s*+(?P<what>[^()\[\]]++|[(\[][^()\[\]]*+[)\]])\s*+\)?"
)
_NAME: Final = re.compile(rb"['\"]([\w-]++)['\"]")


def decided(condition: bytes, dialect: str) -> bool | None:
    """Return what ``condition`` comes to in a loop's only round and on the database of ``dialect``; None if unknown."""
    if b"loop." in condition and _REPEATED.search(condition):
        return False
    match = _ADAPTER.fullmatch(condition) if dialect and b"target.type" in condition else None
    if match is None:
        return None
    names = {name.decode("ascii", "replace") for name in _NAME.findall(match["what"])}
    if not names or b" and " in match["what"] or b" or " in match["what"]:
        return None
    among = bool(names & _ADAPTERS.get(dialect, frozenset({dialect})))
    negated = match["how"] in (b"!=", b"not in") or match["how"].startswith(b"not")
    return among is not (negated is not bool(match["not"]))
