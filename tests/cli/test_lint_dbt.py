"""From the command line: a dbt project whose models are read as dbt compiled them, and shown where people edit them."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

MODEL = """\
{{ config(materialized='table') }}

with orders as (
    select * from {{ ref('raw_orders') }}
    {{ filters() }}
),

totals as (
    select
        'é' as sign,
        {% for m in ['card', 'coupon'] %}
        sum(case when method = NULL then {{ m }} end) as {{ m }}_none,
        {% endfor %}
        count(*) as n
    from orders
    {% if is_incremental() %}
    where amount = NULL
    {% endif %}
)

select * from totals where n = NULL
"""
COMPILED = """\


with  __dbt__cte__raw_orders as (
select 1 as amount where amount = NULL
), orders as (
    select * from __dbt__cte__raw_orders
    
where amount = NULL
  and method = NULL

),

totals as (
    select
        'é' as sign,
        
        sum(case when method = NULL then card end) as card_none,
        
        sum(case when method = NULL then coupon end) as coupon_none,
        
        count(*) as n
    from orders
    
)

select * from totals where n = NULL"""  # noqa: W293  as dbt writes it
NAME = "target/compiled/shop/models/a.sql"


@pytest.fixture
def model(project: Path) -> Path:
    (project / "dbt_project.yml").write_text("name: shop\n")
    (project / "profiles.yml").write_text("shop:\n  outputs:\n    dev:\n      type: duckdb\n")
    (project / "perftool.toml").write_text('[lint]\nselect = ["COR001"]\n')
    for name, text in ((NAME, COMPILED), ("models/a.sql", MODEL), ("dbt_packages/b.sql", MODEL)):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    compiled(project)
    return project / "models" / "a.sql"


def compiled(project: Path, *, age_s: int = -10) -> None:
    """Let the compiled file be older than the model by so many seconds."""
    then = (project / "models" / "a.sql").stat().st_mtime - age_s
    os.utime(project / NAME, (then, then))


def report(run: Run, *words: str) -> Any:
    return json.loads(run("lint", "--format", "json", *words).out)


def lines(found: Any) -> list[tuple[int, str]]:
    """Return the line of each finding and what stands there in the model."""
    return [
        (one["span"]["line"], MODEL.encode()[one["span"]["start"] : one["span"]["end"]].decode())
        for one in found["diagnostics"]
    ]


def test_findings_in_the_compiled_text_stand_in_the_model(model: Path, run: Run) -> None:
    found = report(run)
    assert lines(found) == [
        (5, "{{ filters() }}"),
        (11, "{% for m in ['card', 'coupon'] %}"),
        (21, "n = NULL"),
    ]
    assert {one["span"]["path"] for one in found["diagnostics"]} == {"models/a.sql"}
    filters, loop, last = found["diagnostics"]
    assert filters["help"] == f"amount IS NULL\nthis is line 8 of {NAME}, and 1 more like it"
    assert loop["evidence"] == {"compiled": NAME, "compiled_line": 17}
    assert filters["fix"] is loop["fix"] is None
    [edit] = last["fix"]["edits"]
    assert MODEL.encode()[edit["start"] : edit["end"]] == b"= NULL"
    assert last["evidence"] == {}


def test_which_text_was_read_is_told(model: Path, run: Run) -> None:
    assert f"read as dbt compiled it: {NAME}" in run("lint", "-v").out
    assert "dbt in profiles.yml says so" in run("lint", "-v").out
    compiled(model.parent.parent, age_s=10)
    found = report(run, "-v")
    # Of the template one round of the loop and the branch are read, and nothing that a macro renders.
    assert lines(found) == [(12, "method = NULL"), (17, "amount = NULL"), (21, "n = NULL")]
    assert found["payload"]["outdated"] == 1
    assert "is older and was not used" in found["payload"]["details"][0]["notes"][0]
    assert "1 model is newer than what dbt compiled" in run("lint").out


def test_another_compiled_text_is_another_file_to_the_cache(model: Path, run: Run) -> None:
    assert len(report(run)["diagnostics"]) == 3
    assert report(run)["payload"]["unchanged_files"] == 1
    (model.parent.parent / NAME).write_text(COMPILED.replace("amount = NULL\n  and method = NULL", "true"))
    compiled(model.parent.parent)
    found = report(run)
    assert found["payload"]["unchanged_files"] == 0
    assert [line for line, _ in lines(found)] == [11, 21]


def test_comments_and_baselines_are_those_of_the_model(model: Path, run: Run) -> None:
    comment = " -- perftool: ignore[COR001] so"
    model.write_text(MODEL.replace("{{ filters() }}", "{{ filters() }}" + comment))
    (model.parent.parent / NAME).write_text(COMPILED.replace("method = NULL\n\n", f"method = NULL\n{comment}\n"))
    compiled(model.parent.parent)
    assert [line for line, _ in lines(report(run))] == [11, 21]
    run("lint", "--baseline", "known.json", "--save-baseline")
    assert report(run, "--baseline", "known.json")["diagnostics"] == []
    # The same findings are known where nobody ran dbt.
    (model.parent.parent / NAME).unlink()
    without = report(run, "--baseline", "known.json")
    assert without["payload"]["known"] == 2


def test_what_is_fixed_is_what_was_seen_and_stands_in_the_model(model: Path, run: Run) -> None:
    done = run("lint", "--diff")
    assert [line for line in done.out.splitlines() if line.startswith(("-s", "+s"))] == [
        "-select * from totals where n = NULL",
        "+select * from totals where n IS NULL",
    ]
    run("lint", "--fix")
    assert model.read_text() == MODEL.replace("n = NULL", "n IS NULL")


def test_a_fix_that_only_the_compiled_text_shows_is_told(model: Path, run: Run) -> None:

    model.write_text("select 1 from {{ ref('b') }}\nwhere {{ d() }} = NULL\n")
    (model.parent.parent / NAME).write_text('select 1 from "b"\nwhere d = NULL')
    compiled(model.parent.parent)
    done = run("lint", "--fix")
    assert "models/a.sql: COR001: seen only in what dbt compiled: mend the model by hand" in done.err


def test_a_model_of_tags_alone_is_read_as_dbt_compiled_it(model: Path, run: Run) -> None:
    model.write_text("{{ c() }}")
    (model.parent.parent / NAME).write_text("select 1 from b\nwhere d = NULL")
    compiled(model.parent.parent)
    found = report(run)
    assert [one["help"] for one in found["diagnostics"]] == [f"d IS NULL\nthis is line 2 of {NAME}"]
    assert found["payload"]["skipped"] == []


def test_standard_input_is_read_as_it_comes(model: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "select 1 from {{ ref('b') }} where a = NULL"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    [one] = report(run, "-", "--stdin-filename", "models/a.sql")["diagnostics"]
    assert (one["span"]["path"], one["span"]["column"], one["evidence"]) == ("models/a.sql", 36, {})


def test_fixes_are_in_the_dialect_that_the_compiled_text_was_read_in(model: Path, run: Run) -> None:
    model.write_text("select `a` from {{ ref('b') }} where `a` = NULL {{ more() }}")
    (model.parent.parent / NAME).write_text("select `a` from `x-y.z.b` where `a` = NULL and safe_cast(c as int64) = 1")
    (model.parent.parent / "profiles.yml").unlink()
    compiled(model.parent.parent)
    assert report(run, "-v")["payload"]["details"][0]["dialect"] == "bigquery"
    # What is known from the cache is fixed as well.
    assert "+select `a` from {{ ref('b') }} where `a` IS NULL" in run("lint", "--diff").out
    assert "+select `a` from {{ ref('b') }} where `a` IS NULL" in run("lint", "--diff").out
