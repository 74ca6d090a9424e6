"""Profiling benchmarks by name, and folders of SQL as one workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.cli import profile_bench
from perftool.cli.profile_bench import Profiled, profile
from perftool.config.sources import load
from perftool.errors import PerftoolError
from perftool.events import Silent
from perftool.profiling.api import Options

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.bench.captures import Measure
    from perftool.profiling.capture import Capture

FILE = """
def costly(n): return sum(i * i for i in range(n))
def bench_sum(): costly(3000)
def bench_list(): list(range(3000))
def bench_raises(): raise ValueError("no")
"""


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_bench, "LEAST_S", 0.05)


@pytest.fixture
def file(project: Path) -> Path:
    path = project / "bench_rows.py"
    path.write_text(FILE, encoding="utf-8")
    return path


def profiled(
    project: Path,
    *,
    bench: str | None = None,
    sql: str | None = None,
    repeat: int = 1,
    measures: tuple[Measure, ...] = ("cpu",),
    **options: object,
) -> Profiled:
    how = Options(rate=200.0, duration_s=0.1, **options)  # type: ignore[arg-type]
    settings = load(project, environment={}, flags={})
    return profile(settings, bench=bench, sql=sql, measures=measures, options=how, repeat=repeat, listener=Silent())


def cases(capture: Capture) -> set[str]:
    return {dict(capture.labels[one.labels])["case"] for one in capture.samples}


def names(capture: Capture) -> set[str]:
    return {function.name for function in capture.functions}


def test_one_benchmark_of_a_file(project: Path, file: Path) -> None:
    done = profiled(project, bench="bench_rows.py::sum", repeat=2)
    assert (done.target, done.stem, done.interrupted) == ("bench bench_rows.py::sum", "bench_rows-sum", False)
    assert [cases(capture) for capture in done.captures["cpu"]] == [{"rows/sum"}, {"rows/sum"}]
    for capture in done.captures["cpu"]:
        assert {"bench_rows.bench_sum", "bench_rows.costly"} <= names(capture)
        assert int(capture.facts["operations.count"]) > 1


def test_all_of_a_file_and_what_cannot_run_is_a_doubt(project: Path, file: Path) -> None:
    done = profiled(project, bench="bench_rows.py")
    (capture,) = done.captures["cpu"]
    assert cases(capture) == {"rows/sum", "rows/list"}
    (doubt,) = done.doubts
    assert doubt.subject == "rows/raises"
    assert doubt.message.endswith("ValueError: no")


def test_a_case_of_a_suite(project: Path) -> None:
    done = profiled(project, bench="sql-parse/CTE")
    assert cases(done.captures["cpu"][0]) == {"sql-parse/CTE"}
    assert done.stem == "sql-parse-CTE"


def test_the_python_twin_of_a_compiled_package(project: Path) -> None:
    compiled = profiled(project, bench="sql-parse/CTE").captures["cpu"][0]
    pure = profiled(project, bench="sql-parse/CTE", pure=("sqlglot",)).captures["cpu"][0]
    assert not any(name.startswith("sqlglot.parser.Parser.") for name in names(compiled))
    assert any(name.startswith("sqlglot.parser.Parser.") for name in names(pure))


def test_a_folder_of_sql_is_one_workload(project: Path) -> None:
    folder = project / "queries"
    folder.mkdir()
    (folder / "a.sql").write_text("SELECT 1;\nSELECT a FROM b WHERE c = 2;")
    (folder / "b.sql").write_text("WITH x AS (SELECT 1) SELECT * FROM x;")
    done = profiled(project, sql="queries")
    assert cases(done.captures["cpu"][0]) == {"sql-files/queries"}
    assert done.target == "sql queries"
    single = profiled(project, sql="queries/b.sql")
    assert cases(single.captures["cpu"][0]) == {"sql-files/b.sql"}


def test_allocations(project: Path, file: Path) -> None:
    done = profiled(project, bench="bench_rows.py::list", measures=("memory",))
    (capture,) = done.captures["memory"]
    space = capture.index("alloc_space")
    assert space is not None
    assert capture.total(space) >= 10 * 3000 * 8


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"bench": "nothing"}, "no benchmark suite named 'nothing'"),
        ({"bench": "sql-parse/Nothing"}, "the suite sql-parse has no case sql-parse/Nothing"),
        ({"bench": "bench_rows.py::nothing"}, "has no function bench_nothing"),
        ({"bench": "bench_rows.py::raises"}, "nothing of bench bench_rows.py::raises was captured"),
        ({"bench": "absent.py"}, "cannot read absent.py"),
        ({"sql": "absent"}, "cannot read absent: no such file or folder"),
        ({"sql": "bench_rows.py"}, "bench_rows.py is neither a folder nor a .sql file"),
        ({"sql": "."}, "no SQL statement in . can be profiled"),
    ],
)
def test_wrong_names_are_one_line(project: Path, file: Path, asked: dict[str, str], text: str) -> None:
    with pytest.raises(PerftoolError) as raised:
        profiled(project, **asked)
    assert text in raised.value.message
    assert "\n" not in raised.value.message
