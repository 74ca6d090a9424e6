from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import msgspec
import pytest

from perftool.model.diagnostic import Diagnostic, Fix, Span, TextEdit
from perftool.model.lint import LintPayload
from perftool.model.verdict import Verdict
from perftool.render.api import RenderOptions
from perftool.render.formats.sarif import FORMAT
from tests.render.formats import sarif_profile
from tests.render.hostile import NAMES, spoil
from tests.render.lint_sample import DIAGNOSTICS, SOURCES
from tests.render.samples import SAMPLES, report


def log(made: Any = None, **options: bool) -> dict[str, Any]:
    text = FORMAT.render(made or SAMPLES["lint"](), RenderOptions(**options))  # type: ignore[arg-type]
    assert isinstance(text, str)
    found: dict[str, Any] = json.loads(text)
    return found


def run(made: Any = None, **options: bool) -> dict[str, Any]:
    (only,) = log(made, **options)["runs"]
    found: dict[str, Any] = only
    return found


def with_findings(*found: Diagnostic) -> Any:
    return msgspec.structs.replace(SAMPLES["lint"](), diagnostics=found)


def test_a_result_a_line_in_the_order_of_the_report() -> None:
    text = str(FORMAT.render(SAMPLES["lint"](), RenderOptions()))
    lines = [line for line in text.splitlines() if line.startswith('{"ruleId"')]
    assert len(lines) == len(DIAGNOSTICS)
    assert [result["ruleId"] for result in run()["results"]] == [one.code for one in DIAGNOSTICS]


def test_each_result_points_at_its_rule() -> None:
    found = run()
    rules = found["tool"]["driver"]["rules"]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert rules[0]["defaultConfiguration"]["level"] == "error"
    assert rules[0]["help"]["text"] == "perftool lint --explain COR001"
    assert "helpUri" not in rules[0]


def test_a_rule_that_nobody_listed_has_no_index() -> None:
    (result,) = run(with_findings(msgspec.structs.replace(DIAGNOSTICS[0], code="XX001")))["results"]
    assert "ruleIndex" not in result


def test_levels_are_those_of_the_standard() -> None:
    assert [result["level"] for result in run()["results"]] == [
        "error", "warning", "note", "warning", "error", "warning", "warning"
    ]  # fmt: skip


def test_a_region_counts_characters_and_bytes() -> None:
    found = run()
    assert found["columnKind"] == "unicodeCodePoints"
    region = found["results"][1]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (4, 24, 4, 34)
    assert region["byteLength"] == 11, "ü is one character and two bytes"


def test_a_region_whose_end_is_unknown_has_none() -> None:
    bare = msgspec.structs.replace(DIAGNOSTICS[0], span=Span(path="a.sql", start=4, end=9, line=2, column=1))
    (result,) = run(with_findings(bare))["results"]
    assert set(result["locations"][0]["physicalLocation"]["region"]) == {
        "startLine", "startColumn", "byteOffset", "byteLength"
    }  # fmt: skip


def test_paths_are_relative_and_percent_encoded() -> None:
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in run()["results"]]
    assert places[2] == {"uri": "etl/Gr%C3%B6%C3%9Fe%20%E6%BC%A2%E5%AD%97.sql", "uriBaseId": "%SRCROOT%"}
    assert "uri" not in run()["originalUriBaseIds"]["%SRCROOT%"], "the report knows no absolute path"


@pytest.mark.parametrize("path", ["a b.sql", "100%.sql", "a:b.sql", "q?x#y.sql", "caf\u00e9.sql"])
def test_any_path_survives(path: str) -> None:
    moved = msgspec.structs.replace(DIAGNOSTICS[0], span=Span(path=path, start=0, end=1, line=1, column=1), fix=None)
    (result,) = run(with_findings(moved))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == path
    assert not set(uri) & set(" ?#:")


def test_a_path_that_is_no_unicode_keeps_its_bytes() -> None:
    moved = msgspec.structs.replace(DIAGNOSTICS[0], span=Span(path="a\udcff.sql", start=0, end=1, line=1, column=1))
    (result,) = run(with_findings(moved))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%FF.sql"


def test_fingerprints_are_the_keys_of_the_findings() -> None:
    prints = [result["partialFingerprints"]["perftoolFinding/v1"] for result in run()["results"]]
    assert prints == [one.key for one in DIAGNOSTICS]


def test_applying_a_fix_by_its_bytes_gives_the_text_wanted() -> None:
    (fix,) = run()["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    data = SOURCES[unquote(change["artifactLocation"]["uri"])]
    start = replacement["deletedRegion"]["byteOffset"]
    end = start + replacement["deletedRegion"]["byteLength"]
    fixed = data[:start] + replacement["insertedContent"]["text"].encode() + data[end:]
    assert b"WHERE o.seen_at IS NULL\n" in fixed
    assert fix["properties"] == {"safe": True}


def test_a_deletion_inserts_nothing() -> None:
    cut = msgspec.structs.replace(DIAGNOSTICS[0], fix=Fix(edits=(TextEdit(start=3, end=5, text=""),), safe=False))
    (fix,) = run(with_findings(cut))["results"][0]["fixes"]
    assert fix["artifactChanges"][0]["replacements"] == [{"deletedRegion": {"byteOffset": 3, "byteLength": 2}}]
    assert fix["properties"] == {"safe": False}


def test_a_fix_is_told_exactly_whatever_it_inserts() -> None:
    odd = "\u202e\x00\x7f\u2028é"
    made = msgspec.structs.replace(DIAGNOSTICS[0], fix=Fix(edits=(TextEdit(start=0, end=0, text=odd),)))
    text = str(FORMAT.render(with_findings(made), RenderOptions()))
    assert "\u202e" not in text
    replacement = json.loads(text)["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"]["text"] == odd


def test_nothing_in_a_message_becomes_a_link() -> None:
    odd = msgspec.structs.replace(DIAGNOSTICS[0], message="a[1](x) and b[2]", help=None)
    (result,) = run(with_findings(odd))["results"]
    assert result["message"]["text"] == "a\\[1](x) and b[2]"


def test_skipped_files_and_doubts_are_notifications() -> None:
    (invocation,) = run()["invocations"]
    assert invocation["executionSuccessful"] is True
    told = invocation["toolExecutionNotifications"]
    assert told[0]["message"]["text"] == "not looked at: permission denied"
    assert told[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "etl/dump.sql"
    assert told[-1]["descriptor"] == {"id": "suppression-unused"}


def test_a_run_that_saw_nothing_is_no_success() -> None:
    payload = LintPayload(files=0, size=0, statements=0, distinct=0)
    nothing = report(payload, Verdict(outcome="inconclusive", headline="nothing to lint", undecidable=True))
    found = run(nothing)
    assert found["results"] == []
    assert found["invocations"] == [{"executionSuccessful": False, "endTimeUtc": "2026-11-20T20:31:02Z"}]


def test_quiet_hides_no_finding_from_a_machine() -> None:
    assert len(run(quiet=True)["results"]) == len(DIAGNOSTICS)


def test_ascii_is_ascii_and_the_same() -> None:
    assert str(FORMAT.render(SAMPLES["lint"](), RenderOptions(ascii_only=True))).isascii()
    assert log(ascii_only=True) == log()


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_any_name_stays_text(name: str) -> None:
    made = spoil(SAMPLES["lint"](), name)
    (first, *_) = run(made)["results"]
    assert first["message"]["text"].replace("\\[", "[").startswith("is " + name[:3])
    assert "".join(str(FORMAT.render(made, RenderOptions())).split("\n")).isprintable()


def official() -> Path | None:
    """Return the standard's own schema, where somebody has put a copy."""
    here = Path(__file__).parents[2] / "data" / "sarif" / "sarif-schema-2.1.0.json"
    path = Path(os.environ.get("SARIF_SCHEMA") or here)
    return path if path.is_file() else None


def faults(schema: Any, document: Any) -> list[str]:
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    found = kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


@pytest.mark.parametrize("name", ["", *NAMES], ids=lambda n: ascii(n[:18]))
def test_is_what_the_standard_asks_for(name: str) -> None:
    document = log(spoil(SAMPLES["lint"](), name) if name else None)
    assert faults(sarif_profile.LOG, document) == []


@pytest.mark.skipif(official() is None, reason="set SARIF_SCHEMA to a copy of OASIS' sarif-schema-2.1.0.json")
def test_fits_the_schema_of_the_standard() -> None:
    path = official()
    assert path is not None
    schema = json.loads(path.read_bytes())
    for made in (None, *(spoil(SAMPLES["lint"](), name) for name in NAMES)):
        assert faults(schema, log(made)) == []


def test_the_profile_is_strict() -> None:
    document = log()
    document["runs"][0]["results"][0]["level"] = "info"
    document["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "/a b"
    document["runs"][0]["results"][2]["extra"] = 1
    assert len(faults(sarif_profile.LOG, document)) == 3
