"""The codes that are no rule's: what kept perftool from looking, and what is wrong with its own comments."""

from __future__ import annotations

from typing import Final

NOT_PARSED: Final = "PT000"
UNUSED: Final = "PT010"
UNKNOWN: Final = "PT011"

#: Why a statement was not looked at, by code. A comment silences these only by name, never with ALL or a bare noqa.
UNCHECKED: Final = {
    NOT_PARSED: "not-parsed",
    "PT001": "too-long",
    "PT002": "timed-out",
    "PT003": "rule-failed",
    "PT004": "worker-died",
}

PROBLEMS: Final = {**UNCHECKED, UNUSED: "unused-suppression", UNKNOWN: "unknown-suppression"}

MEANINGS: Final = {
    NOT_PARSED: "the statement does not parse in its dialect, so no rule saw its tree",
    "PT001": "the statement is longer than `lint.max_statement`",
    "PT002": "the statement took longer than `lint.timeout`",
    "PT003": "a rule failed on the statement: a bug, worth a report",
    "PT004": "the process that looked at the statement died, twice",
    UNUSED: "a comment silences a rule that finds nothing there",
    UNKNOWN: "a comment names no rule, or one that does not exist",
}
