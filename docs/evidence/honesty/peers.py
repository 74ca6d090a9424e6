"""One A/A run of each peer, with its defaults, as its users run it: first the old code, then the new."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docs.evidence.honesty.plan import CASES, TIMEOUT_S
from docs.evidence.honesty.project import sides

if TYPE_CHECKING:
    from docs.evidence.honesty.plan import Planned

Json = dict[str, Any]

FAIL_RULES: Final = ("mean:5%", "mean:10%", "mean:20%", "median:5%", "median:10%", "median:20%", "min:5%", "min:10%")


class ToolFailedError(Exception):
    """A peer ended in a way that its users would call broken; the text says how."""


def measure(repository: Path, planned: Planned) -> Json:
    """Let ``planned.tool`` measure both folders of identical code and keep what it says of each case."""
    old, new = (folder.resolve() for folder in sides(repository))
    with tempfile.TemporaryDirectory() as name:
        try:
            return {"rows": _TOOLS[planned.tool](old, new, Path(name))}
        except (ToolFailedError, subprocess.TimeoutExpired) as error:
            return {"lost": str(error)}


def pyperf(old: Path, new: Path, folder: Path) -> list[Json]:
    """Two scripts of pyperf with its default of 20 processes a benchmark, then ``compare_to``."""
    for side, output in ((old, "old.json"), (new, "new.json")):
        _run([sys.executable, "with_pyperf.py", "--quiet", "-o", str(folder / output)], side)
    files = [str(folder / "old.json"), str(folder / "new.json")]
    said = _run([sys.executable, "-m", "pyperf", "compare_to", *files], folder)
    means = [_pyperf_means(file) for file in files]
    hidden = hidden_by_pyperf(said)
    return [
        {"case": case, "ratio": round(means[1][case] / means[0][case] - 1, 6), "different": case not in hidden}
        for case in CASES
    ]


def hidden_by_pyperf(said: str) -> set[str]:
    """Return the benchmarks that ``compare_to`` leaves out as not significant."""
    found = re.search(r"^Benchmark hidden because not significant \(\d+\): (.*)$", said, re.M)
    return set(found[1].split(", ")) if found else set()


def _pyperf_means(file: str) -> dict[str, float]:
    means = {}
    for benchmark in json.loads(Path(file).read_text(encoding="utf-8"))["benchmarks"]:
        values = [value for run in benchmark["runs"] for value in run.get("values", ())]
        first = benchmark["runs"][0].get("metadata", {}).get("name") or benchmark.get("metadata", {}).get("name")
        means[first] = sum(values) / len(values)
    return means


def pytest_benchmark(old: Path, new: Path, folder: Path) -> list[Json]:
    """``--benchmark-save`` and then ``--benchmark-compare`` with every rule to fail by."""
    common = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_workload.py"]
    common += [f"--benchmark-storage=file://{folder / 'storage'}"]
    _run([*common, "--benchmark-save=old"], old)
    # One option with all rules: of repeated ones it takes the last alone.
    rules = ["--benchmark-compare=0001", "--benchmark-compare-fail", *FAIL_RULES]
    said = _run([*common, "--benchmark-save=new", *rules], new, allowed=(0, 1))
    saved = {path.stem[:4]: path for path in (folder / "storage").rglob("*.json")}
    stats = [_pytest_means(saved[number]) for number in ("0001", "0002")]
    failed = failed_by_pytest(said)
    return [
        {
            "case": case,
            "ratio": round(stats[1][case] / stats[0][case] - 1, 6),
            "failed": [rule for rule in FAIL_RULES if (case, rule) in failed],
        }
        for case in CASES
    ]


def failed_by_pytest(said: str) -> set[tuple[str, str]]:
    """Return (case, rule) of each line about a regression."""
    line = r"test_case\[(\w+)\].* - Field '(\w+)' has failed PercentageRegressionCheck: \S+ > (\d+)"
    return {(case, f"{field}:{limit}%") for case, field, limit in re.findall(line, said)}


def _pytest_means(file: Path) -> dict[str, float]:
    found = json.loads(file.read_text(encoding="utf-8"))["benchmarks"]
    return {one["params"]["case"]: one["stats"]["mean"] for one in found}


def hyperfine(old: Path, new: Path, folder: Path) -> list[Json]:
    """One call a case with both commands: its own summary, and the rule of its script ``welch_ttest.py``."""
    rows = []
    for case in CASES:
        output = folder / f"{case}.json"
        commands = [f"{sys.executable} {side / 'whole.py'} {case}" for side in (old, new)]
        _run(["hyperfine", "--style", "basic", "--export-json", str(output), *commands], folder)
        one, other = json.loads(output.read_text(encoding="utf-8"))["results"]
        rows.append(
            {
                "case": case,
                "ratio": round(other["mean"] / one["mean"] - 1, 6),
                "summary": excludes_one(one, other),
                "welch_p": float(f"{welch(one['times'], other['times']):.4g}"),
                "runs": len(one["times"]),
            }
        )
    return rows


def excludes_one(one: Json, other: Json) -> bool:
    """Tell whether "ran R ± E times faster" leaves 1 out: R is a ratio of means, E its propagated deviation."""
    slow, fast = sorted((one, other), key=lambda result: -result["mean"])
    ratio = slow["mean"] / fast["mean"]
    spread = sum((result["stddev"] / result["mean"]) ** 2 for result in (slow, fast)) ** 0.5
    return bool(ratio - ratio * spread > 1)


def welch(one: list[float], other: list[float]) -> float:
    """Return the p-value of Welch's t test."""
    from scipy.stats import ttest_ind

    return float(ttest_ind(one, other, equal_var=False).pvalue)


def _run(command: list[str], folder: Path, allowed: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode not in allowed:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or [""]
        raise ToolFailedError(f"{Path(command[0]).name} ended with exit code {done.returncode}: {said[-1]}")
    return done.stdout + done.stderr


_TOOLS: Final = {"pyperf": pyperf, "pytest-benchmark": pytest_benchmark, "hyperfine": hyperfine}
