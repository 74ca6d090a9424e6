"""Sample reports whose every name tries to be markup, a command, a path, or nothing at all."""

from __future__ import annotations

from typing import Any

import msgspec

from perftool.model.report import Report

NAMES = (
    "a|b",
    "<script>alert(1)</script>",
    "quo\"te's, and commas",
    "new\nline\r\nand\ttab",
    "::error title=x::y%0A",
    "*bold* _it_ `code` [link](http://x.y) ![i](z)",
    "\x1b[31mred\x07\x00",
    "\u202eright to left\u2069",
    "مرحبا بالعالم",
    "漢字テスト",
    "]]><x>&amp;</x>",
    "- list # heading @team #12",
    "=cmd|' /C calc'!A0",
    "x" * 400,
    "word " * 60,
    " ",
    "\ud7ff\ufffe",
    "Benchmark-8",
)
# Words with a meaning of their own: a report with another in their place is no report.
_KEPT = frozenset(
    {
        "schema_version", "kind", "better", "unit", "outcome", "direction", "test", "state", "created", "severity",
        "code", "implementation", "measures", "columns", "row_fields", "column_fields", "value_text",
    }
)  # fmt: skip
# The same field is a word in one struct and free text in another.
_WORDS = {
    "name": {"base", "now"},
    "side": {"base", "now"},
    "status": {"ok", "failed", "timeout", "cancelled", "skipped"},
    "order": {"finished", "input"},
    "rule": {"fixed", "adaptive"},
    "reason": {"planned", "decided", "budget", "interrupted"},
    "correction": {"holm", "bh"},
    "per": {"capture", "share", "op"},
    "basis": {"captures", "samples", "none"},
    "source": {"stored", "measured", "none"},
}


def spoil(report: Report, name: str) -> Report:
    """Return ``report`` with ``name`` in place of every free text; keys stay distinct, measurements keep their case."""
    spoiled = _spoil(msgspec.to_builtins(report), name, "")
    return msgspec.convert(spoiled, Report)


def _spoil(node: Any, name: str, field: str) -> Any:
    if isinstance(node, dict):
        return {key: _spoil(value, name, key) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_spoil(value, name, field) for value in node]
    if isinstance(node, str) and node and field not in _KEPT and node not in _WORDS.get(field, ()):
        return f"{node[:3]}{name}"
    return node
