"""Rules are explained from the docstrings of their files, and the pages of docs/rules are those texts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from perftool.lint import catalog, documentation, explaining, rule_pages
from perftool.lint.api import Option, Rule
from perftool.lint.rules.null_comparison import RULE

ROOT = Path(__file__).parents[2]

DOCSTRING = r"""Find things that are slow,
in two lines.

Why: they are
slow.

    And costly.
Bad: BEGIN;
SELECT '\d';
Good:
    SELECT 1
      FROM t
Limits: none so far: but
Source: a manual
Dialect: mysql
Path: migrations/1.sql
"""


def test_a_docstring_has_parts():
    assert documentation.parse(DOCSTRING) == documentation.Explanation(
        summary="Find things that are slow, in two lines.",
        why="they are slow.\nAnd costly.",
        bad="BEGIN;\nSELECT '\\d';",
        good="SELECT 1\n  FROM t",
        limits="none so far: but",
        source="a manual",
        dialect="mysql",
        path="migrations/1.sql",
    )


def test_the_indentation_of_the_docstring_is_no_part_of_it():
    indented = "Find a.\n\n    Why: b\n    Bad: SELECT 1,\n      2\n    Good: x"
    assert documentation.parse(indented)[:4] == ("Find a.", "b", "SELECT 1,\n2", "x")


@pytest.mark.parametrize("text", [None, "", "  ", "Why:", "Why:\nWhy: a"])
def test_any_text_has_some_parts(text):
    assert documentation.parse(text).bad == ""


def test_a_rule_is_explained_in_plain_text():
    text = explaining.explain(dataclasses.replace(RULE, options=(Option("null-limit", 3, "how many…"),)))
    assert text.startswith("COR001 null-comparison   error\n\n")
    assert "option    null-limit = 3: how many…\n" in text
    for line in ("runs      in every file", "dialects  all", "fix       safe: perftool lint --fix"):
        assert f"{line}\n" in text
    assert "silence   -- perftool: ignore[COR001] why\n" in text
    assert max(map(len, text.splitlines())) <= explaining.WIDTH


def test_the_text_comes_from_the_file_of_the_rule():
    text = explaining.explain(RULE)
    assert "Find comparisons with NULL, which are never true.\n" in text
    assert "\nbad\n    SELECT id FROM t WHERE a = NULL\n" in text


def test_ascii_has_no_other_characters():
    assert "…" in explaining.explain(RULE)
    assert explaining.explain(RULE, ascii_only=True).isascii()
    assert explaining.table(catalog.rules().values(), ascii_only=True).isascii()


def test_a_rule_of_another_file_is_explained_by_that_file():
    names: dict[str, object] = {"__doc__": "Find x.\nWhy: y"}
    exec("def handler(node, at):\n    return ()", names)
    mine = dataclasses.replace(RULE, code="MY001", name="mine", nodes={next(iter(RULE.nodes)): names["handler"]})
    names["RULE"] = mine
    assert documentation.of(mine).why == "y"
    stranger = Rule(code="MY002", name="stranger", severity="info", sets=frozenset({"all"}))
    assert documentation.of(stranger) == documentation.Explanation()
    assert explaining.explain(stranger).startswith("MY002 stranger   info\n")


def test_faults_are_told_to_writers_of_rules():
    assert documentation.faults(RULE) == ()
    stranger = Rule(code="MY002", name="stranger", severity="info", sets=frozenset({"all"}))
    assert "Why: is missing" in documentation.faults(stranger)


def test_the_table_has_a_line_for_each_rule():
    head, *lines = explaining.table(catalog.rules().values()).splitlines()
    assert [line.split()[0] for line in lines] == sorted(catalog.rules())
    start = head.index("finds")
    assert all(line[start - 2 : start] == "  " and line[start] != " " for line in lines)


def test_pages_hold_the_examples():
    page = rule_pages.page(RULE)
    assert page.startswith("# COR001: null-comparison\n")
    assert "```sql\nSELECT id FROM t WHERE a IS NULL\n```" in page


def test_paragraphs_of_a_page_begin_with_a_capital_but_not_sql():
    names: dict[str, object] = {
        "__doc__": "Find x.\nWhy: it is slow.\n\nnow() is SQL.\nBad: SELECT 1\nDialect: mysql\nPath: up.sql"
    }
    exec("def handler(node, at):\n    return ()", names)
    mine = dataclasses.replace(RULE, code="MY001", name="mine", nodes={next(iter(RULE.nodes)): names["handler"]})
    names["RULE"] = mine
    assert "\n\nIt is slow.\n\nnow() is SQL.\n\n**Bad** (mysql, up.sql)\n" in rule_pages.page(mine)
    assert "\nbad (mysql, up.sql)\n    SELECT 1\n" in explaining.explain(mine)


def test_pages_of_rules_that_are_no_more_are_deleted(tmp_path):
    (tmp_path / "old-rule.md").write_text("x")
    explaining.main([str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} == set(rule_pages.pages())


def test_the_pages_are_up_to_date():
    folder = ROOT / "docs" / "rules"
    stored = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    assert stored == rule_pages.pages(), "python -m perftool.lint.explaining docs/rules"
