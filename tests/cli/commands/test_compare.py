"""``perftool compare``."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.model.comparison import ComparisonPayload
from perftool.model.measurement import Measurement
from perftool.model.paired import LostCase, Stopping
from perftool.store import baselines, reports
from tests.fakes.results import around
from tests.render import samples

if TYPE_CHECKING:
    from perftool.model.report import Report
    from tests.cli.conftest import Run

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


def bench_text(factor: float = 1.0, names: str = "AB") -> str:
    lines = [f"Benchmark{name}-8 100 {value:.4f} ns/op" for name in names for value in around(1000 * factor)]
    return "pkg: example.com/demo\n" + "\n".join(lines) + "\n"


def measured(factor: float = 1.0) -> Report:
    """A report of one gating time and one exact counter."""
    time = Measurement(suite="s", case="c", unit="cpu-sec/op", better="lower", values=tuple(around(1e-3 * factor)))
    count = Measurement(suite="s", case="c", unit="allocs/op", better="lower", values=(4.0,), exact=True)
    return msgspec.structs.replace(samples.bench(), measurements=(time, count), warnings=())


@pytest.fixture
def texts(project: Path) -> Path:
    """Three files: old, the same again, and slower by 40 %."""
    (project / "old.txt").write_text(bench_text())
    (project / "same.txt").write_text(bench_text(1.0001))
    (project / "slow.txt").write_text(bench_text(1.4))
    return project


def test_the_exit_code_is_the_verdict(run: Run, texts: Path) -> None:
    assert run("compare", "old.txt", "same.txt").code == 0
    ran = run("compare", "old.txt", "slow.txt")
    assert (ran.code, ran.err) == (1, "")
    assert "2 regressions, 0 warnings, 0 unchanged, 0 undecided" in ran.out
    assert run("compare", "old.txt", "slow.txt", "--no-gate").code == 0
    assert run("compare", "old.txt", "slow.txt", "--fail-over", "50%").code == 0
    assert run("compare", "slow.txt", "old.txt").code == 0


def test_nothing_decided_is_3_strict_or_not(run: Run, project: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (project / name).write_text("BenchmarkA 1 1 ns/op\n")
    for more in ([], ["--strict"]):
        ran = run("compare", "one.txt", "two.txt", *more)
        assert ran.code == 3
        assert "nothing could be decided" in ran.out
    assert run("compare", "one.txt").code == 3
    assert run("compare", "one.txt", "two.txt", "--filter", ".name:Other").code == 3


def test_undecided_rows_fail_when_strict_and_say_what_would_decide_them(run: Run, project: Path) -> None:
    noisy = "".join(f"BenchmarkC 1 {value} ns/op\n" for value in around(1000, 6, 0.5))
    (project / "a.txt").write_text(bench_text() + noisy)
    (project / "b.txt").write_text(bench_text() + noisy)
    ran = run("compare", "a.txt", "b.txt")
    assert (ran.code, "1 undecided" in ran.out) == (0, True)
    assert ran.err.startswith("next    about ")
    assert ran.err.endswith(" results a side would decide 1 undecided row\n")
    assert run("compare", "a.txt", "b.txt", "--strict").code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "nothing to compare"),
        (["old.txt", "absent.txt"], 2, "cannot open absent.txt: no such file or directory"),
        (["old.txt", "folder"], 2, "cannot open folder: is a directory"),
        (["old.txt", "nul\0byte"], 2, "cannot open"),
        (["old.txt", "empty.txt"], 3, "empty.txt: no benchmark results in it"),
        (["old.txt", "latest"], 2, "no report yet"),
        (["old.txt", "--filter", "a:(b"], 2, "--filter: value list must be separated by OR"),
        (["old.txt", "--row", "a@up"], 2, '--row: unknown order "up"'),
        (["old.txt", "--alpha", "2"], 2, "--alpha: 2"),
        (["old.txt", "--alpha", "x"], 2, "x"),
        (["old.txt", "--fail-over", "much"], 2, "--fail-over: 'much'"),
        (["old.txt", "--format", "nope"], 2, "nope"),
        (["old.txt", "--baseline", "main"], 2, "no baseline named 'main'"),
        (["old.txt", "bad.json"], 3, "bad.json"),
    ],
)
def test_what_is_wrong(run: Run, texts: Path, arguments: list[str], code: int, message: str) -> None:
    (texts / "folder").mkdir()
    (texts / "empty.txt").write_text("")
    (texts / "bad.json").write_text('{"schema_version": "1.0", "tool"')
    ran = run("compare", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err.splitlines()[0]
    assert len(ran.err.splitlines()) <= 2


def test_standard_input_and_labels(run: Run, texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bench_text(1.4).encode())))
    ran = run("compare", "base=old.txt", "-", "--format", "json")
    assert ran.code == 1
    assert [column["key"] for column in json.loads(ran.out)["payload"]["columns"]] == [["base"], ["-"]]


def test_equal_labels_pool(run: Run, texts: Path) -> None:
    ran = run("compare", "a=old.txt", "a=same.txt", "b=slow.txt", "--format", "json")
    cells = json.loads(ran.out)["payload"]["tables"][0]["rows"][0]["cells"]
    assert [len(cell["values"]) for cell in cells] == [20, 10]


def test_a_report_names_no_absolute_path(run: Run, texts: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "old.txt").write_text(bench_text())
    ran = run("compare", str(outside / "old.txt"), str(texts / "old.txt"), "--format", "json")
    assert str(outside.parent) not in ran.out
    assert str(texts) not in ran.out
    labels = [column["key"][0] for column in json.loads(ran.out)["payload"]["columns"]]
    assert labels == [f"{outside.name}/old.txt", "old.txt"]


def test_the_latest_report_and_a_stored_baseline(run: Run, project: Path) -> None:
    folder = project / "baselines"
    base = measured()
    baselines.save(folder, "main", base, saved=MOMENT)
    reports.save_run(measured(1.3), project / ".perftool" / "reports", "run")
    ran = run("compare", "--baseline", "main", "latest", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 1
    assert [column["key"] for column in found["payload"]["columns"]] == [["main"], ["now"]]
    assert found["payload"]["baseline"]["same_environment"] is True
    assert run("compare", "--baseline", "main").code == 1
    assert run("compare", "--baseline", "main", "latest", "--fail-over", "40%").code == 0


def test_a_baseline_from_elsewhere_cannot_decide_times(run: Run, project: Path) -> None:
    base = measured()
    environment = base.environment
    elsewhere = msgspec.structs.replace(
        environment, label="other", cpu=msgspec.structs.replace(environment.cpu, model="Other CPU")
    )
    baselines.save(project / "baselines", "main", msgspec.structs.replace(base, environment=elsewhere), saved=MOMENT)
    reports.save_run(measured(1.3), project / ".perftool" / "reports", "run")
    ran = run("compare", "--baseline", "main", "--format", "json")
    rows = {t["unit"]: t["rows"][0]["cells"][1]["change"] for t in json.loads(ran.out)["payload"]["tables"]}
    assert rows["cpu-sec/op"]["outcome"] == "inconclusive"
    assert rows["allocs/op"]["outcome"] == "pass"
    assert ran.code == 0


def test_thresholds_come_from_the_configuration(run: Run, texts: Path) -> None:
    (texts / "perftool.toml").write_text('[compare]\nfail = "60%"\n\n[[compare.rule]]\nmatch = "A*"\nfail = "30%"\n')
    ran = run("compare", "old.txt", "slow.txt", "--format", "json")
    changes = [row["cells"][1]["change"] for row in json.loads(ran.out)["payload"]["tables"][0]["rows"]]
    assert [change["outcome"] for change in changes] == ["fail", "warn"]
    assert changes[0]["gate"]["origin"] == "perftool.toml:4"
    assert changes[0]["gate"]["fail"] == 0.3


@pytest.mark.parametrize("name", ["text", "terminal", "json", "markdown", "csv", "html", "junit", "github"])
def test_formats(run: Run, texts: Path, name: str) -> None:
    ran = run("compare", "old.txt", "slow.txt", "--format", name)
    assert (ran.code, ran.err) == (1, "")
    assert "A-8" in ran.out


def test_output_files(run: Run, texts: Path) -> None:
    assert run("compare", "old.txt", "slow.txt", "-o", "r.md", "-o", "r.json").code == 1
    assert "A-8" in (texts / "r.md").read_text()
    assert reports.read(texts / "r.json").kind == "compare"


def test_benchstat_prints_and_never_fails(run: Run, texts: Path) -> None:
    ran = run("compare", "-format", "benchstat", "-row", ".name", "-alpha=0.01", "old.txt", "slow.txt")
    assert (ran.code, ran.err) == (0, "")
    assert "A         1.000µ ± 1%   1.400µ ± 1%  +40.00% (p=0.000 n=10)" in ran.out
    assert run("compare", "--format", "benchstat", "--gate", "old.txt", "slow.txt").code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.txt"], "benchstat: open absent.txt: no such file or directory\n"),
        (["folder"], "benchstat: folder:0: read folder: is a directory\n"),
        (["noisy.txt", "absent.txt"],
         "noisy.txt:1: missing measurements\nbenchstat: open absent.txt: no such file or directory\n"),
        (["long.txt"], "long.txt:1: missing measurements\nbenchstat: long.txt:2: bufio.Scanner: token too long\n"),
        (["-alpha", "2", "x"], "benchstat: -alpha must be in range [0, 1]\n"),
        (["-confidence=-1", "x"], "benchstat: -confidence must be in range [0, 1]\n"),
        (["-filter", "(", "-row", "@", "x"],
         "benchstat: parsing -filter: syntax error: expected key:value or subexpression\n\t(\n\t ^\n"),
        (["-col", "a@up", "x"], 'benchstat: parsing -col: syntax error: unknown order "up"\n\ta@up\n\t  ^\n'),
    ],
)  # fmt: skip
def test_benchstat_tells_its_errors_and_exits_0(run: Run, project: Path, arguments: list[str], message: str) -> None:
    (project / "folder").mkdir()
    (project / "noisy.txt").write_text("BenchmarkA 1\n")
    (project / "long.txt").write_text("BenchmarkA 1\nok\n" + "x" * 70_000 + "\n")
    ran = run("compare", "--format", "benchstat-csv", *arguments)
    assert (ran.code, ran.out, ran.err) == (0, "", message)


def test_an_error_is_an_error_when_the_gate_is_asked_for(run: Run, project: Path) -> None:
    ran = run("compare", "--format", "benchstat", "--gate", "absent.txt")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "perftool: error: cannot open absent.txt: no such file or directory",
    )


@pytest.mark.parametrize(
    "path",
    ["reports/v1/bench.json", "reports/v1/bench-commands.json", "foreign/hyperfine.json", "foreign/pyperf_one.json",
     "foreign/pytest_benchmark_data.json", "go.txt"],
)  # fmt: skip
def test_anything_compared_with_itself_passes(run: Run, texts: Path, path: str) -> None:
    file = texts / "old.txt" if path == "go.txt" else Path(__file__).parents[2] / "data" / path
    ran = run("compare", str(file), str(file))
    assert ran.code == 0
    assert ran.out.startswith("✓ 0 regressions, 0 warnings, ")
    assert " 0 undecided" in ran.out


@pytest.mark.parametrize("loss", [1.10, 1.25])
def test_a_loss_is_the_same_loss_told_as_time_or_as_rate(run: Run, project: Path, loss: float) -> None:
    codes, outcomes = [], []
    for unit, factor in (("ns/op", loss), ("B/s", 1 / loss)):
        for name, scale in (("old.txt", 1.0), ("new.txt", factor)):
            lines = [f"BenchmarkA 1 {value:.6f} {unit}" for value in around(1000 * scale)]
            (project / name).write_text("\n".join(lines) + "\n")
        ran = run("compare", "old.txt", "new.txt", "--format", "json")
        (row,) = json.loads(ran.out)["payload"]["tables"][0]["rows"]
        codes.append(ran.code)
        outcomes.append((row["cells"][1]["change"]["direction"], row["cells"][1]["change"]["outcome"]))
    assert codes == [1 if loss > 1.2 else 0] * 2
    assert outcomes == [("worse", "fail" if loss > 1.2 else "pass")] * 2


def kernel(pace: float) -> tuple[Measurement, ...]:
    """Readings of the fixed kernel on a machine that is ``pace`` times as slow."""
    return tuple(
        Measurement(
            suite="perftool",
            case="yardstick",
            unit="cpu-sec/op",
            better="lower",
            values=(0.004 * pace,) * 3,
            parameters={"part": part},
            blocks=(0, 1, 2),
            gates=False,
        )
        for part in ("cpu", "memory")
    )


def paced(factor: float, pace: float) -> Report:
    """A report of ``factor`` times the work, from a machine that is ``pace`` times as slow."""
    report = measured(factor * pace)
    payload = msgspec.structs.replace(report.payload, yardstick=kernel(pace))
    return msgspec.structs.replace(report, payload=payload)


def test_normalized_times_do_not_care_how_fast_the_machine_was(run: Run, project: Path) -> None:
    for name, factor, pace in (("old", 1.0, 1.0), ("same", 1.0, 1.6), ("slow", 1.6, 0.7)):
        reports.write(paced(factor, pace), project / f"{name}.json")
    assert run("compare", "old.json", "same.json").code == 1
    ran = run("compare", "old.json", "same.json", "--normalize")
    assert (ran.code, ran.err) == (0, "")
    assert "CPU time/op (cpu-ticks/op, lower is better)" in ran.out
    assert "the remaining error was below" in " ".join(ran.out.split())
    assert run("compare", "old.json", "slow.json", "--normalize").code == 1
    (project / "perftool.toml").write_text("[compare]\nnormalize = true\n")
    assert "cpu-ticks/op" in run("compare", "old.json", "same.json").out
    assert "cpu-sec/op" in run("compare", "old.json", "same.json", "--no-normalize").out


def test_an_input_without_the_kernel_cannot_be_normalized(run: Run, texts: Path) -> None:
    ran = run("compare", "old.txt", "same.txt", "--normalize")
    assert (ran.code, ran.out) == (3, "")
    assert "old.txt: times cannot be normalised, it has no readings of the fixed kernel" in ran.err


def test_a_correction_for_many_rows_is_shown_wherever_p_is(run: Run, texts: Path) -> None:
    ran = run("compare", "old.txt", "slow.txt", "--correction", "holm", "-o", "out.json", "--verbose")
    assert ran.code == 1
    assert "p<0.001, holm <0.001)" in ran.out
    assert "many rows" in ran.out
    assert "Holm: that level for all rows" in ran.out
    payload = json.loads((texts / "out.json").read_text())["payload"]
    changes = [row["cells"][1]["change"] for row in payload["tables"][0]["rows"]]
    assert (payload["correction"], len(changes)) == ("holm", 2)
    assert [one["p_adjusted"] for one in changes] == [2 * one["p"] for one in changes]
    for format_ in ("text", "github", "junit", "gitlab", "html", "csv"):
        shown = run("show", "out.json", "-f", format_).out
        assert "holm" in shown or format_ == "csv"
    assert "p<0.001 (holm <0.001)" in run("show", "out.json", "-f", "github").out
    assert "change_p_adjusted" in shown.splitlines()[0]
    ran = run("compare", "old.txt", "slow.txt", "--correction", "bonferroni")
    assert (ran.code, "--correction: 'bonferroni' is not one of none, holm, bh" in ran.err) == (2, True)


WAIVER = '[[compare.waiver]]\nmatch = "A*"\nceiling = "60%"\nuntil = {}\nreason = "slower until ticket 7"\n'


def test_a_waiver_makes_a_warning_of_a_failure(run: Run, texts: Path) -> None:
    (texts / "perftool.toml").write_text(WAIVER.format("2999-12-31"))
    ran = run("compare", "old.txt", "slow.txt")
    assert (ran.code, "1 regression, 1 warning (1 waived)" in ran.out) == (1, True)
    assert "⚠ over 20 %, waived" in ran.out
    assert "waived up to 60 % until 2999-12-31: slower until ticket 7" in " ".join(ran.out.split())
    told = run("compare", "old.txt", "slow.txt", "-f", "junit").out
    assert "⚠ over 20 %, waived (waived up to 60 % until 2999-12-31: slower until ticket 7)" in told
    both = WAIVER.format("2999-12-31") + WAIVER.format("2999-12-31").replace('"A*"', '"B*"').replace("60%", "25%")
    (texts / "perftool.toml").write_text(both)
    ran = run("compare", "old.txt", "slow.txt")
    assert (ran.code, "✗ over 25 %" in ran.out) == (1, True)
    assert "the ceiling of a waiver until 2999-12-31: slower until ticket 7" in " ".join(ran.out.split())
    (texts / "perftool.toml").write_text(both.replace("25%", "60%"))
    assert run("compare", "old.txt", "slow.txt").code == 0


def test_a_waiver_that_has_ended_or_is_not_needed_is_told(run: Run, texts: Path) -> None:
    (texts / "perftool.toml").write_text(WAIVER.format('"2020-02-29"'))
    ran = run("compare", "old.txt", "slow.txt")
    assert ran.code == 1
    assert "the waiver for A* has expired on 2020-02-29 (perftool.toml:1): slower until ticket 7" in " ".join(
        ran.out.split()
    )
    (texts / "perftool.toml").write_text(WAIVER.format("2999-12-31"))
    ran = run("compare", "old.txt", "same.txt")
    assert (ran.code, "waiver" in ran.out) == (0, False)
    assert "was not needed: no row that it covers fails" in run("compare", "old.txt", "same.txt", "--verbose").out
    (texts / "perftool.toml").write_text(WAIVER.format('"2020-02-30"'))
    ran = run("compare", "old.txt", "same.txt")
    assert (ran.code, "perftool.toml:1: compare.waiver.until: '2020-02-30' is not a day" in ran.err) == (2, True)


def in_turn(factor: float, spread: float = 0.01, blocks: int = 20) -> Report:
    """Return a report of one case measured on two sides in turn, and of one that broke under test."""
    sound = samples.paired()
    assert isinstance(sound.payload, ComparisonPayload)
    assert sound.payload.run is not None
    values = {"base": around(1e-3, blocks, spread), "now": around(1e-3 * factor, blocks, spread)[::-1]}
    found = tuple(
        Measurement(
            suite="s", case="c", unit="cpu-sec/op", better="lower", values=tuple(taken), blocks=tuple(range(blocks)),
            side=side,  # type: ignore[arg-type]
        )
        for side, taken in values.items()
    )  # fmt: skip
    run = msgspec.structs.replace(
        sound.payload.run,
        stopping=Stopping(rule="fixed", planned=blocks, done=blocks, reason="planned"),
        lost=(LostCase(suite="s", case="broken", side="now", reason="ImportError: gone"),),
    )
    return msgspec.structs.replace(
        sound, measurements=found, warnings=(), payload=msgspec.structs.replace(sound.payload, run=run)
    )


def test_both_sides_of_a_stored_run_are_judged_as_pairs(run: Run, project: Path) -> None:
    (project / "vs.json").write_bytes(reports.encode(in_turn(1.4)))
    ran = run("compare", "vs.json", "--no-fail-on-missing", "--format", "json")
    assert ran.code == 1
    payload = json.loads(ran.out)["payload"]
    assert (payload["paired"], payload["alpha"], payload["confidence"]) == (True, 0.05, 0.95)
    assert payload["tables"][0]["rows"][0]["cells"][1]["change"]["test"] == "signed-rank-exact"
    assert run("compare", "vs.json", "--no-fail-on-missing", "--fail-over", "90%").code == 0
    ran = run("compare", "vs.json", "--fail-over", "90%")
    assert (ran.code, "✗ s/broken: cannot be measured in working tree: ImportError: gone" in ran.out) == (1, True)


def test_an_undecided_pair_asks_for_the_same_run_with_more_blocks(run: Run, project: Path) -> None:
    (project / "vs.json").write_bytes(reports.encode(in_turn(1.05, spread=0.6)))
    ran = run("compare", "vs.json", "--no-fail-on-missing")
    assert ran.err.startswith("next    the same perftool bench with --count ")
    assert ran.err.endswith(" would decide 1 undecided row\n")


def test_undecided_profiles_ask_for_more_profiles(run: Run, project: Path) -> None:
    for name, factor in (("old.json", 1.0), ("new.json", 1.1)):
        values = tuple(around(1e-3 * factor, 6, 0.3))
        time = Measurement(suite="profile", case="shop", unit="cpu-sec", better="lower", values=values)
        report = msgspec.structs.replace(samples.bench(), measurements=(time,), warnings=())
        (project / name).write_bytes(reports.encode(report))
    ran = run("compare", "old.json", "new.json")
    assert ran.err.startswith("next    both sides with perftool profile --repeat "), ran.out + ran.err
    assert ran.err.endswith(" would decide 1 undecided row\n")


def test_both_sides_of_a_stored_run_are_columns_for_benchstat_too(run: Run, project: Path) -> None:
    (project / "vs.json").write_bytes(reports.encode(in_turn(1.4)))
    ran = run("compare", "vs.json", "--format", "benchstat")
    assert ran.code == 0
    assert "+40." in ran.out


def test_sides_of_one_machine_are_not_normalised(run: Run, project: Path) -> None:
    (project / "vs.json").write_bytes(reports.encode(in_turn(1.4)))
    ran = run("compare", "vs.json", "--normalize")
    assert (ran.code, "both sides of this run were measured on one" in ran.err) == (2, True)
    (project / "perftool.toml").write_text("[compare]\nnormalize = true\n")
    assert run("compare", "vs.json").code == 1


def test_two_stored_runs_are_compared_by_their_newer_sides(run: Run, project: Path) -> None:
    (project / "monday.json").write_bytes(reports.encode(in_turn(1.0)))
    (project / "friday.json").write_bytes(reports.encode(in_turn(1.4)))
    ran = run("compare", "monday.json", "friday.json", "--format", "json")
    assert ran.code == 1
    payload = json.loads(ran.out)["payload"]
    assert (payload["paired"], payload["run"], payload["unmatched"]) == (False, None, [])
    assert payload["tables"][0]["rows"][0]["cells"][1]["change"]["estimate"] == pytest.approx(0.4, abs=0.01)


def test_a_stored_run_of_two_sides_is_no_baseline(run: Run, project: Path) -> None:
    (project / "vs.json").write_bytes(reports.encode(in_turn(1.0)))
    ran = run("baseline", "save", "main", "vs.json")
    assert (ran.code, "of kind compare: a baseline is a bench report" in ran.err) == (3, True)
