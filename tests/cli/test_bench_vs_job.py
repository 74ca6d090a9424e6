"""What is refused before anything is checked out or built."""

from __future__ import annotations

import pytest

from perftool.cli import bench_vs_job
from perftool.config.schema import BenchSection, Settings
from perftool.errors import PerftoolError, UnavailableError, UsageError


def refused(targets: list[str], **bench: object) -> PerftoolError:
    settings = Settings(bench=BenchSection(**bench))  # type: ignore[arg-type]
    with pytest.raises(PerftoolError) as caught:
        bench_vs_job.job(settings, targets, vs="HEAD", vs_python=None, adaptive=False)
    return caught.value


@pytest.mark.parametrize("target", ["sql-prase", "nowhere.py", "no/folder", "gone.sql"])
def test_a_target_that_is_neither_file_nor_suite(target: str) -> None:
    assert isinstance(error := refused(["sql-parse", target]), UsageError)
    assert target in error.message


def test_instructions_without_valgrind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert isinstance(refused(["sql-parse"], instructions=True), UnavailableError)


def test_suites_and_files_are_let_through() -> None:
    job = bench_vs_job.job(Settings(), ["sql-parse", __file__], vs="HEAD", vs_python=None, adaptive=False)
    assert [path.name for path in job.request.targets] == ["test_bench_vs_job.py"]
