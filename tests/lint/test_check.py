from __future__ import annotations

import pytest

from perftool.errors import UsageError
from perftool.lint.check import Checker, check

NULLS = "SELECT a FROM t WHERE a = NULL"


def codes(text: str, path: str = "", dialect: str = "postgres") -> list[str]:
    return [one.code for one in Checker(dialect).check(text, path).diagnostics]


def test_a_text_is_a_file_by_itself() -> None:
    found = Checker("postgres").check(f"SELECT 1;\n{NULLS}", "q/a.sql")
    [one] = found.diagnostics
    assert one.span is not None
    assert (one.code, one.span.path, one.span.line, one.span.column) == ("COR001", "q/a.sql", 2, 23)
    assert (found.count, found.errors, found.dialect) == (2, 0, "postgres")


def test_path_and_dialect_choose_the_rules() -> None:
    index = "CREATE INDEX i ON t (a)"
    assert "MIG001" in codes(index, "db/migrations/1.sql")
    assert "MIG001" not in codes(index, "q/a.sql")
    with pytest.raises(UsageError, match="postgress"):
        Checker("postgress")


def test_templates_comments_and_sections_count() -> None:
    assert codes("SELECT a FROM {{ ref('t') }} WHERE a = NULL") == ["COR001"]
    assert codes(f"{NULLS} -- perftool: ignore[COR001] on purpose") == []
    up, down = "-- +goose Up\nSELECT 1;\n", "-- +goose Down\nDROP TABLE t;\n"
    assert "MIG010" not in codes(up + down, "db/migrations/1.sql")
    assert "MIG010" in codes(up + "DROP TABLE t;\n" + down, "db/migrations/1.sql")


def test_what_cannot_be_looked_at_costs_one_finding() -> None:
    assert codes(f"SELECT (; {NULLS}") == ["PT000", "COR001"]
    assert codes("SELECT '" + "x" * (1 << 20) + "'") == ["PT001"]


def test_several_texts_are_one_project() -> None:
    texts = {
        "a.sql": "CREATE TABLE u (id int PRIMARY KEY, t_id int);",
        "b.sql": "SELECT id FROM u WHERE id NOT IN (SELECT t_id FROM u)",
    }
    assert [one.code for one in check(texts, "postgres")["b.sql"]] == ["COR002"]
    required = texts | {"a.sql": "CREATE TABLE u (id int PRIMARY KEY, t_id int NOT NULL);"}
    assert check(required, "postgres")["b.sql"] == []
