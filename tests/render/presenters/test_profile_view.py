"""A capture in words: its four views, what is folded, what cannot be said."""

from __future__ import annotations

import pytest

from perftool.model.profile import FunctionRow
from perftool.render import dispatch
from perftool.render.api import RenderOptions
from perftool.render.profile_tables import short, weight, where
from perftool.render.profile_tree import leads
from tests.render.samples import SAMPLES


def shown(name: str = "text", **options: object) -> str:
    drawn = dispatch.render(SAMPLES["profile-view"](), name, RenderOptions(**options))
    return drawn.decode() if isinstance(drawn, bytes) else drawn


def test_top() -> None:
    text = shown()
    assert "32.8 %  1.40 s  63.9 %  2.73 s  sqlglot.parser.Parser.parse  sqlglot/parser.py:1612" in text
    assert "14.0 %  598 ms  14.0 %  598 ms  garbage collection\n" in text
    assert "5 functions hold 63.7 % of 4.27 s" in text


def test_tree_says_what_is_folded() -> None:
    tree = shown(width=120).replace("\u00a0", " ")
    assert "│ └ parser.Parser.parse  (via 3 of sqlglot; 41 below)" in tree
    assert "│   └ garbage collection" in tree
    assert "` json.loads" in shown(width=120, ascii_only=True)


def test_source_lines_with_what_they_weigh() -> None:
    lines = shown().splitlines()
    assert any(line.strip() == "350 ms    350 ms >     9      found.append(tree)" for line in lines)
    assert any(line.strip() == "⋮" for line in lines)
    assert "the file was changed after the capture" in shown()


def test_callers_and_callees() -> None:
    text = shown()
    assert "from    100.0 %  3.09 s  __main__.main" in text
    assert "calls    88.0 %  2.73 s  sqlglot.parser.Parser.parse" in text
    assert "2 more functions matched" in text


def test_markdown_keeps_the_form_of_source_and_tree() -> None:
    text = shown("markdown")
    assert "```\n      own     total" in text
    assert "| │\u00a0└\u00a0parser.Parser.parse" in text


def test_narrow_columns_keep_the_end_of_a_name() -> None:
    assert "Parser.parse" in shown(width=58)


def test_how_it_was_taken() -> None:
    text = shown(verbose=True)
    assert "samples (--value samples)" in text
    assert "only with /main/; thread=MainThread" in text


def test_leads() -> None:
    assert [one.replace("\u00a0", " ") for one in leads([0, 1, 2, 2, 1, 0])] == [
        "", "├ ", "│ ├ ", "│ └ ", "└ ", "",
    ]  # fmt: skip
    assert max(map(len, leads(list(range(500))))) < 60


@pytest.mark.parametrize(
    ("name", "file", "expected"),
    [
        ("sqlglot.parser.Parser.parse", "sqlglot/parser.py", "parser.Parser.parse"),
        ("shop.parse.rows", "src/shop/parse.py", "parse.rows"),
        ("sqlglot.parse_one", "sqlglot/__init__.py", "sqlglot.parse_one"),
        ("a.b.f", "a/b/__init__.py", "b.f"),
        ("__main__.main", "run.py", "__main__.main"),
        ("json.loads", "", "json.loads"),
    ],
)
def test_short_names(name: str, file: str, expected: str) -> None:
    row = FunctionRow(function=name, own=0, total=0, own_share=0, total_share=0, file=file)
    assert short(row) == expected


def test_where() -> None:
    row = FunctionRow(function="f", own=0, total=0, own_share=0, total_share=0)
    assert where(row) == "(compiled)"
    frozen = FunctionRow(function="f", own=0, total=0, own_share=0, total_share=0, file="<frozen runpy>", line=3)
    assert where(frozen) == "(frozen)"


def test_weights_have_no_more_digits_than_shares() -> None:
    assert weight(1.234567, "s", 4.0) == "1.23 s"
    assert weight(0.0612, "s", 4.0) == "61 ms"
    assert weight(18_842, "B", 20_000) == "18.4 KiB"
    assert weight(1377, "count") == "1,377"
    assert weight(0, "s", 4.0) == "0 s"
