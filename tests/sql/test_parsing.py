"""What sqlglot finds wrong is told in words, in one line."""

from __future__ import annotations

import pytest

from perftool.errors import InputError
from perftool.sql.parsing import Engine, translated


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select * from (((", "Expected table name but got the end of the statement at line 1"),
        ("select *\nfrom 1 where", "Expected table name but got '1' at line 2"),
        ("select case 'x' then", "Expected END after CASE at line 1"),
    ],
)
def test_a_token_is_named_by_its_text(text: str, told: str) -> None:
    with pytest.raises(InputError) as stop:
        Engine("postgres").parse(text)
    assert stop.value.message == told


def test_what_breaks_the_parser_itself_is_told_without_its_insides() -> None:
    told = translated(TypeError("sqlglot.expressions.core.Expr object expected; got None"))
    assert str(told) == "sqlglot fails on it with TypeError"


def test_what_is_missing_is_said_alike_in_every_run() -> None:
    # sqlglot names one of the missing parts, another one each time that Python is started.
    with pytest.raises(InputError, match=r"^DateDiff needs more than it is given at line 1$"):
        Engine("bigquery").parse("SELECT date_diff(a)")
