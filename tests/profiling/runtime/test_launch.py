"""The plan as a process reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perftool.profiling.runtime import launch

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, width=32) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.dictionaries(st.text(), PLAIN, max_size=4))
def test_it_is_read_as_json_reads_it(plan: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan, indent=1), encoding="utf-8")
    assert launch._read(str(path)) == plan


def test_a_plan_that_is_gone_or_of_another_version_starts_nothing(tmp_path: Path) -> None:
    launch.begin(str(tmp_path / "nowhere.json"))
    path = tmp_path / "plan.json"
    path.write_text('{"version": 99}')
    launch.begin(str(path))


def test_only_one_process_is_the_first(tmp_path: Path) -> None:
    assert [launch.first(str(tmp_path)) for _ in range(3)] == [True, False, False]


def test_a_plan_that_is_damaged_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"version": ')
    with pytest.raises(ValueError, match="plan"):
        launch.begin(str(path))
