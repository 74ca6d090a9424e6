from __future__ import annotations

import importlib

from perftool.bench.api import SuiteOptions
from perftool.bench.suites.sql_split import COPIES, SUITE
from perftool.sql.splitter import statements
from perftool.sql.workload import script


def test_all_tasks_work_on_the_same_script() -> None:
    cases = {case.case: case for case in SUITE.cases(SuiteOptions(dialect="postgres"))}
    assert set(cases) == {"split", "normalise", "tokenize"}
    assert len({case.work["B"] for case in cases.values()}) == 1
    done = {}
    for name, case in cases.items():
        module = importlib.import_module(case.module or "")
        done[name] = getattr(module, case.factory)(**case.arguments)()
    expected = sum(1 for _ in statements(script(COPIES).encode(), "postgres"))
    assert len(done["normalise"]) == expected >= 5 * COPIES
    assert done["split"] >= expected
    assert len(done["tokenize"]) > expected
