"""Findings as GitLab Code Quality."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from perftool.model.diagnostic import Diagnostic, Span
from perftool.model.verdict import Verdict
from perftool.render.api import RenderOptions
from perftool.render.formats.gitlab import FORMAT
from perftool.render.visible import visible
from tests.render.hostile import NAMES, spoil
from tests.render.lint_sample import DIAGNOSTICS
from tests.render.samples import SAMPLES


def findings(*found: Diagnostic, **options: bool) -> list[dict[str, Any]]:
    made = SAMPLES["lint"]()
    if found:
        made = msgspec.structs.replace(made, diagnostics=found)
    shown: list[dict[str, Any]] = json.loads(FORMAT.render(made, RenderOptions(**options)))  # type: ignore[arg-type]
    return shown


def test_an_entry_tells_rule_place_and_severity() -> None:
    first = findings()[0]
    assert first.pop("fingerprint")
    assert first == {
        "description": "COR001 null-comparison: is never true: the query returns no rows; do: o.seen_at IS NULL",
        "check_name": "perftool/COR001",
        "severity": "major",
        "location": {
            "path": "app/reports.sql",
            "positions": {"begin": {"line": 3, "column": 8}, "end": {"line": 3, "column": 24}},
        },
    }


def test_a_place_is_lines_or_positions_never_both() -> None:
    """source: GitLab's schema of code quality reports: oneOf lines, positions."""
    nowhere = msgspec.structs.replace(DIAGNOSTICS[0], span=None)
    for one in findings(*DIAGNOSTICS, nowhere):
        assert len({"lines", "positions"} & set(one["location"])) == 1
    assert findings(nowhere)[0]["location"] == {"path": "perftool.toml", "lines": {"begin": 1}}


def test_fingerprints_are_unique_even_where_keys_are_not() -> None:
    same = DIAGNOSTICS[0]
    elsewhere = msgspec.structs.replace(same, span=Span(path="b.sql", start=0, end=1, line=1, column=1))
    keyless = msgspec.structs.replace(same, key="")
    found = findings(same, same, same, elsewhere, keyless, keyless)
    assert len({one["fingerprint"] for one in found}) == 6


def test_fingerprints_do_not_hang_on_lines() -> None:
    moved = [
        msgspec.structs.replace(one, span=msgspec.structs.replace(one.span, line=one.span.line + 7, start=0))
        for one in DIAGNOSTICS
        if one.span is not None
    ]
    assert [one["fingerprint"] for one in findings(*moved)] == [one["fingerprint"] for one in findings()]


def test_nothing_found_is_an_empty_array_unless_the_run_failed() -> None:
    clean = msgspec.structs.replace(SAMPLES["lint"](), diagnostics=(), verdict=Verdict(outcome="pass", headline="fine"))
    assert FORMAT.render(clean, RenderOptions()) == "[]\n"
    failed = msgspec.structs.replace(clean, verdict=Verdict(outcome="inconclusive", headline="x", undecidable=True))
    assert [one["check_name"] for one in json.loads(FORMAT.render(failed, RenderOptions()))] == ["perftool/verdict"]
    assert [one["check_name"] for one in findings(quiet=True)] == ["perftool/verdict"]


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_any_name_stays_text(name: str) -> None:
    shown = json.loads(FORMAT.render(spoil(SAMPLES["lint"](), name), RenderOptions()))
    assert len({one["fingerprint"] for one in shown}) == len(DIAGNOSTICS)
    assert all(one["location"]["path"] == visible(one["location"]["path"]) for one in shown)
