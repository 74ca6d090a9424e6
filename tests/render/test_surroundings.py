from __future__ import annotations

import msgspec

from perftool.model.environment import Activity, Source
from perftool.render.surroundings import facts, in_short, source
from tests.render.samples import ENVIRONMENT


def test_one_line_names_what_was_measured_with_what() -> None:
    assert in_short(ENVIRONMENT) == "sqlglot 30.30.0 compiled, Python 3.11.7, 2 cores"
    other = msgspec.structs.replace(ENVIRONMENT, packages={"perftool": "1.0", "sqlglot": "30.30.0"})
    assert in_short(other) == "sqlglot 30.30.0, Python 3.11.7, 2 cores"


def test_what_is_unknown_is_left_out() -> None:
    names = [name for name, _ in facts(msgspec.structs.replace(ENVIRONMENT, activity=Activity(), source=None))]
    assert "load" not in names
    assert "source" not in names
    assert names[:3] == ["environment", "system", "processor"]


def test_known_limits_are_named() -> None:
    found = dict(facts(ENVIRONMENT))
    assert found["memory"] == "8.00 GiB, 6.00 GiB available, limited to 4.00 GiB"
    assert "quota 2 cores" in found["processor"]
    assert found["load"] == "0.41 before, 1.72 after"


def test_a_revision_says_whether_it_is_what_was_committed() -> None:
    assert (
        source(Source(commit="0123456789abcdef", branch="main", dirty=True)) == "012345678 (main, uncommitted changes)"
    )
    assert source(Source(commit=None, branch="main", dirty=False)) == ""
    assert source(None) == ""
