from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from perftool.render.api import RenderOptions
from perftool.render.formats.junit import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES


def parsed(sample: str, name: str = "") -> ET.Element:
    report = SAMPLES[sample]()
    shown = FORMAT.render(spoil(report, name) if name else report, RenderOptions())
    assert isinstance(shown, str)
    return ET.fromstring(shown.encode())


def test_a_test_case_per_gating_row() -> None:
    root = parsed("compare")
    cases = {(c.get("classname"), c.get("name")): c for c in root.iter("testcase")}
    assert ("perftool.sec/op", "sql-parse/CTE") not in cases, "wall time does not gate here"
    assert cases["perftool.cpu-sec/op", "sql-parse/ComplexQuery"].find("failure") is not None
    assert cases["perftool.cpu-sec/op", "sql-parse/Insert"].find("skipped") is not None
    warned = cases["perftool.cpu-sec/op", "sql-parse/SimpleSelect"]
    assert warned.find("failure") is None
    assert "over 10 %" in (warned.findtext("system-out") or "")


def test_counts_agree_with_the_cases() -> None:
    for sample in ("bench", "compare", "compare-columns"):
        root = parsed(sample)
        for element in (root, *root.iter("testsuite")):
            assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
            assert int(element.get("failures", "")) == len(list(element.iter("failure")))
            if element is not root:
                assert int(element.get("skipped", "")) == len(list(element.iter("skipped")))


def test_a_gate_that_could_decide_nothing_is_no_pass() -> None:
    verdict = parsed("compare-columns").find("testsuite[@name='perftool.verdict']/testcase")
    assert verdict is not None
    assert verdict.find("failure") is not None


def test_skipped_benchmarks_give_their_reason() -> None:
    skipped = parsed("bench").find(".//testcase[@name='Merge']/skipped")
    assert skipped is not None
    assert "unexpected token" in skipped.get("message", "")


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_hostile_names_stay_well_formed(name: str) -> None:
    for sample in ("bench", "compare"):
        assert {e.tag for e in parsed(sample, name).iter()} <= {
            "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out",
        }  # fmt: skip


# source: the Jenkins schema (junit-10.xsd)
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "package"},
    "testcase": {"name", "time", "classname"},
    "failure": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}


@pytest.mark.parametrize("sample", ["bench", "compare", "compare-columns", "lint"])
def test_only_attributes_of_the_schema_are_used(sample: str) -> None:
    for element in parsed(sample).iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
