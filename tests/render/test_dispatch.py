from __future__ import annotations

import subprocess
import sys

import pytest

from perftool.errors import UsageError
from perftool.render import dispatch
from perftool.render.api import RenderOptions
from tests.render.samples import SAMPLES


def test_names_are_spelled_with_hyphens() -> None:
    assert "text" in dispatch.names()
    assert all("_" not in name for name in dispatch.names())


@pytest.mark.parametrize("name", dispatch.names())
def test_every_format_is_found_by_its_own_name(name: str) -> None:
    assert dispatch.find(name).name == name
    assert dispatch.find(name.replace("-", "_").upper()).name == name


def test_an_unknown_format_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no format named 'markdwon'") as caught:
        dispatch.find("markdwon")
    assert caught.value.hint == "did you mean 'markdown'?"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("out.md", "markdown"),
        ("OUT.JSON", "json"),
        ("a/b.html", "html"),
        ("results.xml", "junit"),
        ("x.csv", "csv"),
        ("x.txt", "text"),
        ("x.bench", "gobench"),
    ],
)
def test_the_suffix_chooses_the_format(path: str, name: str) -> None:
    assert dispatch.format_for_path(path) == name


def test_a_strange_suffix_is_refused_naming_those_known() -> None:
    with pytest.raises(UsageError, match="no format has this file suffix") as caught:
        dispatch.format_for_path("out.docx")
    assert ".md" in (caught.value.hint or "")


def test_no_two_formats_claim_one_suffix() -> None:
    suffixes = [s for name in dispatch.names() for s in dispatch.find(name).suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_check_refuses_before_the_work() -> None:
    dispatch.check("bench", "gobench")
    with pytest.raises(UsageError, match="'gobench' cannot show a report of kind 'compare'"):
        dispatch.check("compare", "gobench")


def test_messages_are_empty_for_most_formats() -> None:
    assert dispatch.messages(SAMPLES["bench"](), "text", RenderOptions()) == ""


def test_text_and_json_import_nothing_heavy() -> None:
    """What every command pays for: rich, templates and the network stay away."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from perftool.store.reports import read\n"
        "from perftool.render.dispatch import render\n"
        "from perftool.render.api import RenderOptions\n"
        "for name in ('bench', 'compare'):\n"
        "    made = read(Path(f'tests/data/reports/v1/{name}.json'))\n"
        "    for format_name in ('text', 'json'):\n"
        "        render(made, format_name, RenderOptions())\n"
        "heavy = {'rich', 'jinja2', 'sqlglot', 'psutil', 'tomlkit', 'memray', 'asyncio', 'difflib', 'csv'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
