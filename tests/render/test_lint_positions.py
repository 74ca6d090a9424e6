"""Every format tells the same rule, severity, message and place of every finding."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

from perftool.render import dispatch
from perftool.render.api import RenderOptions
from perftool.sql.positions import Places
from tests.render.lint_sample import DIAGNOSTICS, SOURCES, quote
from tests.render.samples import SAMPLES


class Told(NamedTuple):
    """What every format that machines read must tell of a finding."""

    code: str
    severity: str
    message: str
    path: str
    line: int
    column: int


WANTED = [
    Told(one.code, one.severity, one.message, one.span.path, one.span.line, one.span.column)
    for one in DIAGNOSTICS
    if one.span is not None
]
BYTES = [(one.span.start, one.span.end) for one in DIAGNOSTICS if one.span is not None]


def shown(name: str) -> str:
    made = dispatch.render(SAMPLES["lint"](), name, RenderOptions(width=200, source=quote))
    return made.decode() if isinstance(made, bytes) else made


def from_json() -> list[Told]:
    found = json.loads(shown("json"))["diagnostics"]
    assert [(one["span"]["start"], one["span"]["end"]) for one in found] == BYTES
    return [Told(one["code"], one["severity"], one["message"],
                 *(one["span"][field] for field in ("path", "line", "column"))) for one in found]  # fmt: skip


def from_csv() -> list[Told]:
    found = list(csv.DictReader(io.StringIO(shown("csv"), newline="")))
    assert [(int(one["start"]), int(one["end"])) for one in found] == BYTES
    return [Told(one["code"], one["severity"], one["message"], one["path"], int(one["line"]), int(one["column"]))
            for one in found]  # fmt: skip


def from_sarif() -> list[Told]:
    told = []
    for number, one in enumerate(json.loads(shown("sarif"))["runs"][0]["results"]):
        place = one["locations"][0]["physicalLocation"]
        region: dict[str, Any] = place["region"]
        assert (region["byteOffset"], region["byteOffset"] + region["byteLength"]) == BYTES[number]
        severity, message = one["level"].replace("note", "info"), one["message"]["text"].split("; do: ")[0]
        path = unquote(place["artifactLocation"]["uri"])
        told.append(Told(one["ruleId"], severity, message, path, region["startLine"], region["startColumn"]))
    return told


def from_gitlab() -> list[Told]:
    told = []
    for one in json.loads(shown("gitlab")):
        code = one["check_name"].removeprefix("perftool/")
        message = one["description"].partition(": ")[2].split("; do: ")[0]
        severity = {"major": "error", "minor": "warning", "info": "info"}[one["severity"]]
        begin = one["location"]["positions"]["begin"]
        told.append(Told(code, severity, message, one["location"]["path"], begin["line"], begin["column"]))
    return told


def from_github() -> list[Told]:
    pattern = re.compile(
        r"::(\w+) file=([^,]*),line=(\d+)(?:,endLine=\d+)?,col=(\d+)(?:,endColumn=\d+)?,"
        r"title=perftool%3A (\w+)[^:]*::(.*)"
    )
    told = []
    for match in map(pattern.fullmatch, shown("github").splitlines()):
        if match:
            level, path, line, column, code, text = match.groups()
            help_ = next(one.help for one in DIAGNOSTICS if one.code == code and one.message in unquote(text))
            message = unquote(text).removesuffix(f"; {help_}" if help_ and "\n" not in help_ else "")
            message = message.split("; ")[0]
            told.append(Told(code, level.replace("notice", "info"), message, unquote(path), int(line), int(column)))
    # The worst come first: put them back into the order of the files.
    return sorted(told, key=lambda one: WANTED.index(one) if one in WANTED else -1)


def from_junit() -> list[Told]:
    return [lines_of(case.findtext("failure") or case.findtext("system-out") or "")
            for suite in ET.fromstring(shown("junit").encode()) if not str(suite.get("name")).startswith("perftool.")
            for case in suite]  # fmt: skip


def lines_of(text: str) -> Told:
    match = re.match(r"(.+?):(\d+):(\d+): (\w+) (\w+) (.*)", text.splitlines()[0])
    assert match
    path, line, column, code, severity, message = match.groups()
    return Told(code, severity, message, path, int(line), int(column))


def from_lines() -> list[Told]:
    return [lines_of(line) for line in shown("lines").splitlines()[:-1]]


def from_text() -> list[Told]:
    pattern = re.compile(r"^(.+?):(\d+):(\d+)  (\w+) [\w-]+  (\w+)\n.*\n(?:.*?[━│] ?)+ ?(.*)$", re.M)
    return [Told(code, severity, message, path, int(line), int(column))
            for path, line, column, code, severity, message in pattern.findall(shown("text"))]  # fmt: skip


def from_markdown() -> list[Told]:
    told = []
    for line in shown("markdown").splitlines():
        cells = [cell.replace("\\", "").strip(" *") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 5 and re.search(r":\d+:\d+$", cells[1]):
            path, number, column = cells[1].rsplit(":", 2)
            told.append(Told(cells[2].split()[0], cells[0].split()[1], cells[3], path, int(number), int(column)))
    return told


def from_html() -> list[Told]:
    pattern = re.compile(
        r'<article class="finding \w+" data-rule="(\w+)" data-severity="(\w+)">'
        r'.*?class="place">(\d+):(\d+)<.*?<p>(.*?)</p>'
    )
    told = []
    for path, section in re.findall(r'<section class="file" data-path="([^"]*)">(.*?)</section>', shown("html"), re.S):
        for code, severity, line, column, message in pattern.findall(section):
            told.append(Told(code, severity, message, path, int(line), int(column)))
    return told


READERS = {
    "json": from_json,
    "csv": from_csv,
    "sarif": from_sarif,
    "gitlab": from_gitlab,
    "github": from_github,
    "junit": from_junit,
    "lines": from_lines,
    "text": from_text,
    "terminal": from_text,
    "markdown": from_markdown,
    "html": from_html,
}


def test_every_format_that_can_show_findings_is_read_here() -> None:
    assert set(dispatch.available("lint")) == set(READERS)


@pytest.mark.parametrize("name", READERS)
def test_says_where_each_finding_is(name: str) -> None:
    assert READERS[name]() == WANTED


@pytest.mark.parametrize("number", range(len(WANTED)))
def test_line_and_column_are_those_of_the_bytes(number: int) -> None:
    """The sample itself is right, so that agreeing with it means something."""
    one = WANTED[number]
    assert Places(SOURCES[one.path]).find(BYTES[number][0]) == (one.line, one.column)


def test_terminal_and_text_are_the_same_lines() -> None:
    assert shown("terminal") == shown("text")
