from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.lint.reading.dbt import Models, injected, project

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "select * from {{ ref('a') }}"
MADE = "select * from db.a"


def write(folder: Path, name: str, text: str, *, age_s: int = 0) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (2_000_000_000 - age_s,) * 2)
    return path


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("", "target"),
        ("target-path: out/made", "out/made"),
        ('target-path: "out"  # where', "out"),
        ("target-path: \"{{ env_var('TARGET', 'other') }}\"", "other"),
        ("target-path: \"{{ env_var('TARGET') }}\"", "target"),
    ],
)
def test_what_dbt_compiled_is_found_where_the_project_puts_it(tmp_path: Path, said: str, target: str) -> None:
    write(tmp_path, "shop/dbt_project.yml", f"# a project\nname: 'shop'\n{said}\n")
    model = write(tmp_path, "shop/models/deep/a.sql", MODEL, age_s=9)
    models = Models()
    assert models.compiled(model) is None
    write(tmp_path, f"shop/{target}/compiled/shop/models/deep/a.sql", MADE)
    found = models.compiled(model)
    assert found is not None
    assert found.data == MADE.encode()
    assert found.name == f"{target}/compiled/shop/models/deep/a.sql"
    assert found.note == f"read as dbt compiled it: {found.name}"
    # What dbt wrote is not a model itself.
    assert models.compiled(tmp_path / "shop" / target / "compiled/shop/models/deep/a.sql") is None


def test_what_is_older_than_the_model_is_told_and_not_taken(tmp_path: Path) -> None:
    write(tmp_path, "dbt_project.yml", "name: shop")
    model = write(tmp_path, "models/a.sql", MODEL)
    made = write(tmp_path, "target/compiled/shop/models/a.sql", MADE, age_s=1)
    found = Models().compiled(model)
    assert found is not None
    assert found.data is None
    assert "older" in found.note
    os.utime(made, (2_000_000_000,) * 2)
    found = Models().compiled(model)
    assert found is not None
    assert found.data == MADE.encode()


def test_no_project_no_name_no_compiled_text(tmp_path: Path) -> None:
    model = write(tmp_path, "models/a.sql", MODEL)
    assert Models().compiled(model) is None
    write(tmp_path, "dbt_project.yml", "models: {}\n")
    assert Models().compiled(model) is None
    assert project(str(tmp_path)) is None
    assert Models().compiled(tmp_path / "nowhere" / "a.sql") is None


def test_a_project_inside_another_is_its_own(tmp_path: Path) -> None:
    write(tmp_path, "dbt_project.yml", "name: outer")
    write(tmp_path, "inner/dbt_project.yml", "name: inner\npackages-install-path: deps")
    model = write(tmp_path, "inner/models/a.sql", MODEL, age_s=9)
    write(tmp_path, "inner/target/compiled/inner/models/a.sql", MADE)
    found = Models().compiled(model)
    assert found is not None
    assert found.name == "target/compiled/inner/models/a.sql"
    inner = project(str(tmp_path / "inner"))
    assert inner is not None
    assert {"deps", "target"} <= inner.made


CTE = "__dbt__cte__a as (\n-- (\nselect ')' as b\n)"


@pytest.mark.parametrize(
    ("made", "own"),
    [
        ("select 1", "select 1"),
        (f"with {CTE} select * from __dbt__cte__a", "select * from __dbt__cte__a"),
        (
            f"-- é\nwith  {CTE},  __dbt__cte__b as (\nselect 2\n), c as (select 1) select 3",
            "-- é\nwith c as (select 1) select 3",
        ),
        ("with __dbt__cte__a as (select (", "with __dbt__cte__a as (select ("),
        ("select __dbt__cte__a", "select __dbt__cte__a"),
    ],
)
def test_what_dbt_wrote_before_a_model_is_none_of_it(made: str, own: str) -> None:
    start, end = injected(made, "postgres")
    assert made[:start] + made[end:] == own
