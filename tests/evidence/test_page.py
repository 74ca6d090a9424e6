"""The page and its pictures say what the results say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from docs.evidence.honesty import analyse, ledger, page, plan
from tests.evidence import made_up

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("honesty")

NO_LINES: page.Lines = {part: [] for part in plan.RUNS}


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results, docs = tmp_path_factory.mktemp("results"), tmp_path_factory.mktemp("docs")
    for part in plan.RUNS:
        (results / f"{part}.jsonl").write_text(made_up.text(part), encoding="utf-8")
    assert analyse.analyse(results, docs)
    return docs


def test_the_page_counts_what_there_is(docs: Path) -> None:
    text = (docs / "honesty.md").read_text(encoding="utf-8")
    assert "all 4 requirements hold" in text
    assert "+10, +25 and +30 % planted in one of the cases, 10 in each" in " ".join(text.split())
    assert "Runs took 20 blocks, and the gate fails above 20 %" in " ".join(text.split())
    assert "with 110 of them is 10 % slower" in " ".join(text.split())
    assert "different states" not in text
    assert "not finished" not in text
    assert "perftool 20 s" in text
    assert "180 of 180 (vs), 60 of 60 (unblocked), 80 of 80 (peers); lost: 0; taken again: 0" in " ".join(text.split())
    rows = sum(row["significant"] for run in made_up.records("vs") if not run["level"] for row in run["rows"])
    assert f"| {rows} of 240 rows | yes |" in text
    assert "of 80: " in text, "pyperf"
    prose = [line for line in text.splitlines() if not line.startswith("|")]
    assert max(map(len, prose)) <= 120


def test_pictures_of_the_page_exist_and_are_well_formed(docs: Path) -> None:
    named = set(re.findall(r"\((images/[\w-]+\.svg)\)", (docs / "honesty.md").read_text(encoding="utf-8")))
    assert named == {f"images/{path.name}" for path in (docs / "images").iterdir()}
    for picture in named:
        root = ET.fromstring((docs / picture).read_text(encoding="utf-8"))
        assert root.tag.endswith("svg")
        assert all("nan" not in value for element in root.iter() for value in element.attrib.values())


def test_the_picture_of_all_tools_knows_every_rule(docs: Path) -> None:
    runs = {part: ledger.runs(made_up.lines(part)) for part in plan.RUNS}
    assert len(analyse.chosen(page.rules(runs))) == len(analyse.SHOWN)


def test_a_broken_requirement_is_said_first() -> None:
    lines = {**NO_LINES, "vs": made_up.lines("vs")}
    for line in ledger.runs(lines["vs"]):
        line["verdict"] = "fail"
    text = page.write(lines)
    assert "**1 of the 4 requirements does not hold**" in text
    assert "**no**" in text
    assert "Not measured yet: unblocked, peers." in text


def test_a_page_without_results_claims_nothing() -> None:
    text = page.write(NO_LINES)
    assert "**4 of the 4 requirements do not hold**" in text
    assert "**not finished**: 0 of 180 runs" in text


def test_a_lost_run_is_told_with_its_reason_and_other_code_is_said() -> None:
    lines = {**NO_LINES, "vs": made_up.lines("vs"), "unblocked": made_up.lines("unblocked")}
    lines["unblocked"][0]["header"]["code"] = "1"
    ledger.runs(lines["vs"])[6]["lost"] = "exit code 70: a bug"
    text = " ".join(page.write(lines).split())
    assert "lost: 1; taken again: 0. * **Lost**: run 7 (vs, perftool): exit code 70: a bug *" in text
    assert "the parts were run with different states of perftool's code" in text


def test_a_table_is_markdown() -> None:
    assert page.table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---|\n| 1 | 2 |"
