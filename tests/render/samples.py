"""Sample reports of every kind, made through the model: the files of tests/data/reports/v1 are these.

``python -m tests.render.samples`` writes them again after a change of the model that keeps the version.
"""

from __future__ import annotations

import random
from pathlib import Path

import msgspec

from perftool.model.bench import BenchCase, BenchPayload, BenchSettings, GcPauses, SkippedCase
from perftool.model.comparison import (
    BaselineReference,
    Cell,
    Change,
    Column,
    ComparisonPayload,
    Gate,
    Geomean,
    Row,
    Summary,
    Table,
    Unmatched,
)
from perftool.model.doctor import Check, DoctorPayload
from perftool.model.environment import Activity, Cpu, Environment, Memory, OperatingSystem, PythonBuild, Source
from perftool.model.history import (
    HistoryEnvironment,
    HistoryPayload,
    HistoryPoint,
    HistoryRun,
    HistorySeries,
    Level,
    LevelChange,
)
from perftool.model.listing import (
    BaselineEntry,
    BaselinesPayload,
    ConfigPayload,
    ConfigValue,
    InspectedStatement,
    InspectPayload,
    SetupPayload,
    WrittenFile,
)
from perftool.model.measurement import Histogram, Measurement
from perftool.model.paired import Look, LostCase, PairedRun, Side, Stopping
from perftool.model.report import SCHEMA_VERSION, Payload, Report, Tool
from perftool.model.verdict import ReportWarning, Verdict
from tests.render import (
    batch_sample,
    bench_databases_sample,
    lint_sample,
    profile_diff_sample,
    profile_sample,
    profile_view_sample,
    query_sample,
    statements_sample,
    stream_sample,
    tune_sample,
)
from tests.render.explained_sample import EXPLANATIONS

FOLDER = Path(__file__).parents[1] / "data" / "reports" / "v1"
CREATED = "2026-11-20T20:31:02Z"

ENVIRONMENT = Environment(
    label="ci-linux-x64",
    os=OperatingSystem(
        name="linux", release="6.1.0", machine="x86_64", distribution="Debian GNU/Linux 12", libc="glibc 2.36"
    ),
    cpu=Cpu(
        model="Example CPU 3000", cores_total=4, cores_usable=2, quota_cores=2.0, governor="performance", boost=False
    ),
    memory=Memory(total_bytes=8 << 30, available_bytes=6 << 30, cgroup_limit_bytes=4 << 30),
    python=PythonBuild(
        version="3.11.7", implementation="CPython", compiler="GCC 12.2.0", gc_thresholds=(700, 10, 10), hash_seed="7"
    ),
    packages={"sqlglot": "30.30.0", "sqlglotc": "30.30.0"},
    source=Source(commit="4f2c91a0b1c2d3e4f5061728394a5b6c7d8e9f00", branch="main", dirty=False),
    activity=Activity(load_before=0.41, load_after=1.72, steal_share=0.002, other_cores=0.7),
)


def report(payload: Payload, verdict: Verdict, **more: object) -> Report:
    """Build a report around ``payload``."""
    return Report(
        schema_version="1.0",
        tool=Tool(name="perftool", version="0.1.0"),
        created=CREATED,
        environment=ENVIRONMENT,
        payload=payload,
        verdict=verdict,
        **more,  # type: ignore[arg-type]
    )


def _timed(case: str, unit: str, center: float, *, spread: float = 0.01, suite: str = "sql-parse", gates: bool = True,
           blocks: int = 12, samples: int = 3, parameters: dict[str, str] | None = None) -> Measurement:  # fmt: skip
    source = random.Random(f"{suite}{case}{unit}")
    values, numbers = [], []
    for block in range(blocks):
        level = center * (1 + source.gauss(0, spread))
        for _ in range(samples):
            values.append(level * (1 + abs(source.gauss(0, spread / 3))))
            numbers.append(block)
    return Measurement(
        suite=suite, case=case, unit=unit, better="lower", values=tuple(values), blocks=tuple(numbers),
        parameters=parameters or {}, gates=gates,
    )  # fmt: skip


def _exact(case: str, unit: str, value: float) -> Measurement:
    return Measurement(suite="sql-parse", case=case, unit=unit, better="lower", values=(value,), exact=True)


_CASES = {
    "SimpleSelect": (31.2e-6, 18_842, 412, 47e-6, 76, 14),
    "ComplexQuery": (102e-6, 62_464, 1377, 158e-6, 412, 96),
    "WindowFunction": (38.3e-6, 23_245, 508, 61e-6, 128, 30),
    "CTE": (44.6e-6, 26_522, 580, 70e-6, 150, 33),
    "Insert": (33.2e-6, 19_558, 431, 52e-6, 89, 24),
}
_SETTINGS = BenchSettings(blocks=12, samples_per_block=3, min_time_s=0.02, seed=7, memory=True)


def bench() -> Report:
    """Return the run of the default suite."""
    measurements: list[Measurement] = []
    cases: list[BenchCase] = []
    for name, (time, size, allocations, tail, text, tokens) in _CASES.items():
        measurements += [
            _timed(name, "cpu-sec/op", time),
            _timed(name, "sec/op", time * 1.03, spread=0.03, gates=False),
            _timed(name, "p50-sec/op", time * 1.02, gates=False, blocks=3, samples=1),
            _timed(name, "p99-sec/op", tail, spread=0.1, gates=False, blocks=3, samples=1),
            _timed(name, "peak-RSS-B", 41e6, spread=0.001, gates=False),
            _exact(name, "B/op", size),
            _exact(name, "allocs/op", allocations),
        ]
        histogram = Histogram(unit="sec/op", tick=1e-9, bits=6, indices=(321, 322, 330), counts=(60, 35, 5), count=100,
                              total=time * 100, minimum=time * 0.9, maximum=tail * 1.5)  # fmt: skip
        cases.append(BenchCase(suite="sql-parse", case=name, kind="sql", loops=640, latency=histogram,
                               work={"B": text, "tokens": tokens, "statements": 1},
                               gc_pauses=GcPauses(count=3, total_s=2.1e-4, max_s=1.2e-4, ops=5000)))  # fmt: skip
    payload = BenchPayload(
        settings=_SETTINGS,
        cases=tuple(cases),
        skipped=(SkippedCase(suite="sql-parse", case="Merge", reason="ParseError: unexpected token at merge.sql:3"),),
        duration_s=41.3,
    )
    warnings = (
        ReportWarning(
            code="load-high",
            message="another process used 0.7 of 2 cores: wall times may be off by 6 %, CPU times by 1.5 %",
        ),
        ReportWarning(code="drift", message="values drift upwards during the run", subject="sql-parse/CTE"),
    )
    verdict = Verdict(outcome="pass", headline="5 cases measured, geomean 45.6 µs")
    return report(payload, verdict, measurements=tuple(measurements), warnings=warnings)


def commands() -> Report:
    """Return a run of two whole processes, interrupted."""
    measurements: list[Measurement] = []
    cases: list[BenchCase] = []
    for name, wall, peak in (("grep -c x data.txt", 0.0124, 3.1e6), ("python -c 'print(1)'", 0.0287, 9.4e6)):
        for unit, value, gates in (("sec/op", wall, True), ("user-sec/op", wall * 0.7, False),
                                   ("sys-sec/op", wall * 0.2, False), ("peak-RSS-B", peak, False)):  # fmt: skip
            measurements.append(_timed(name, unit, value, suite="command", gates=gates, blocks=10, samples=1))
        cases.append(BenchCase(suite="command", case=name, kind="command", exit_codes={"0": 9, "1": 1}))
    settings = BenchSettings(blocks=20, samples_per_block=1, min_time_s=0.0, seed=7, latency=False)
    payload = BenchPayload(settings=settings, cases=tuple(cases), complete=False, duration_s=0.9)
    verdict = Verdict(outcome="warn", headline="2 commands measured, interrupted")
    return report(payload, verdict, measurements=tuple(measurements))


def databases() -> Report:
    """Return the user's own statements on two databases."""
    sample = bench_databases_sample
    verdict = Verdict(outcome="warn", headline=sample.HEADLINE, reasons=("db/totals: no such file: old.db",))
    made = report(sample.PAYLOAD, verdict, measurements=sample.MEASUREMENTS, warnings=sample.WARNINGS)
    return _since("1.4", made)


def _cell(center: float, spread: float, change: Change | None = None, n: int = 10) -> Cell:
    source = random.Random(f"{center}{spread}")
    values = tuple(center * (1 + source.uniform(-spread, spread)) for _ in range(n))
    warnings = () if n >= 6 or n == 1 else ("need >= 6 samples for confidence interval at level 0.95",)
    lo, hi = (center * (1 - spread), center * (1 + spread)) if n >= 6 else (None, None)
    summary = Summary(center=center, lo=lo, hi=hi, n=n, warnings=warnings)
    return Cell(summary=summary, values=values, samples=3 * n, change=change)


def change(size: float, half: float, outcome: str, *, p: float | None = 0.0004, **more: object) -> Change:
    """Build a change of ``size`` ± ``half``."""
    significant = p is not None and p < 0.05
    direction = "same" if not significant else "worse" if size > 0 else "better"
    fields: dict[str, object] = {
        "ratio": size, "estimate": size, "lo": size - half, "hi": size + half, "p": p, "statistic": 3.0,
        "test": "mann-whitney-exact", "n_old": 10, "n_new": 10, "significant": significant, "direction": direction,
        "outcome": outcome, "gate": Gate(fail=0.2, warn=0.1), **more,
    }  # fmt: skip
    return Change(**fields)  # type: ignore[arg-type]


_ROWS = (
    ("sql-parse/SimpleSelect", 280e-6, change(0.123, 0.015, "warn")),
    ("sql-parse/ComplexQuery", 1.10e-3, change(0.255, 0.034, "fail")),
    ("sql-parse/WindowFunction", 383e-6, change(-0.31, 0.02, "pass")),
    ("sql-parse/CTE", 450e-6, change(-0.009, 0.016, "pass", p=0.31)),
    ("sql-parse/Insert", 332e-6, change(0.14, 0.18, "inconclusive", p=0.12, needed=24)),
)


def compare() -> Report:
    """Return a comparison with a stored baseline: one regression, one warning, one undecided."""
    times = [
        Row(key=(name,), cells=(_cell(old, 0.01), _cell(old * (1 + c.ratio), 0.02, c)))
        for name, old, c in _ROWS
        if c.ratio is not None
    ]
    walls = [
        Row(key=(name,), gates=False, cells=(
            _cell(old, 0.03), _cell(old * 1.01, 0.03, change(0.01, 0.05, "info", p=0.5))))
        for name, old, _ in _ROWS
    ]  # fmt: skip
    counted = [
        Row(key=("sql-parse/SimpleSelect",), exact=True, cells=(
            _cell(412, 0.0, n=1), _cell(412, 0.0, change(0.0, 0.0, "pass", p=1.0, test="exact"), n=1))),
        Row(key=("sql-parse/ComplexQuery",), exact=True, cells=(
            _cell(1377, 0.0, n=1), _cell(1391, 0.0, change(14 / 1377, 0.0, "fail", test="exact",
                                                           gate=Gate(fail=0.005, warn=0.005)), n=1))),
    ]  # fmt: skip
    tables = (
        Table(key=(), unit="cpu-sec/op", better="lower", assume_exact=False, columns=(0, 1), rows=tuple(times),
              geomeans=(Geomean(center=437e-6, ratio=None), Geomean(center=452e-6, ratio=1.034))),
        Table(key=(), unit="sec/op", better="lower", assume_exact=False, columns=(0, 1), rows=tuple(walls),
              geomeans=(Geomean(center=437e-6, ratio=None), Geomean(center=441e-6, ratio=1.01))),
        Table(key=(), unit="allocs/op", better="lower", assume_exact=True, columns=(0, 1), rows=tuple(counted),
              geomeans=(None, None)),
    )  # fmt: skip
    payload = ComparisonPayload(
        columns=(
            Column(key=("main",), sources=("baselines/ci-linux-x64/main.json",), environment=ENVIRONMENT,
                   created="2026-11-17T18:00:00Z"),
            Column(key=("now",), sources=(".perftool/reports/latest.json",), environment=ENVIRONMENT, created=CREATED),
        ),
        row_fields=(".fullname",), column_fields=(".file",), tables=tables, alpha=0.05, confidence=0.95,
        unmatched=(
            Unmatched(name="sql-parse/Merge", unit="cpu-sec/op", state="missing", column="now"),
            Unmatched(name="sql-parse/Merge", unit="sec/op", state="missing", column="now"),
            Unmatched(name="sql-parse/Upsert", unit="cpu-sec/op", state="new", column="main"),
        ),
        baseline=BaselineReference(name="main", environment_label="ci-linux-x64", created="2026-11-17T18:00:00Z",
                                   source=ENVIRONMENT.source, same_environment=True, buffer=0.1),
    )  # fmt: skip
    verdict = Verdict(
        outcome="fail",
        headline="2 regressions, 1 warning, 3 unchanged, 1 undecided",
        reasons=(
            "✗ sql-parse/ComplexQuery cpu-sec/op: 25.5 % slower (1381 µs vs 1100 µs baseline, p<0.001)",
            "✗ sql-parse/ComplexQuery allocs/op: 1.0 % more (1391 vs 1377 baseline)",
            "⚠ sql-parse/SimpleSelect cpu-sec/op: 12.3 % slower (314 µs vs 280 µs baseline, p<0.001)",
        ),
    )
    warnings = (ReportWarning(code="load-high", message="load 1.7 on 2 cores: wall times ± 6 %"),)
    return report(payload, verdict, warnings=warnings)


_DIFFERS = "benchmark set differs from baseline; geomeans may not be comparable"


def compare_columns() -> Report:
    """Return a comparison of three columns in two keyed tables, from Go benchmark text, few samples, no verdict."""
    rows = tuple(
        Row(key=(name, size), cells=(
            _cell(100e-9, 0.02, n=3), _cell(120e-9, 0.02, change(0.2, 0.03, "fail", n_old=3, n_new=3, gate=None), n=3),
            None if name == "Decode" else _cell(80e-9, 0.02, change(-0.2, 0.03, "pass", n_old=3, n_new=3), n=3)))
        for name, size in (("Encode", "1"), ("Encode", "2"), ("Decode", ""))
    )  # fmt: skip
    faster = tuple(
        Row(
            key=(name, ""),
            cells=(_cell(1e6, 0.02), _cell(2e6, 0.02, change(1.0, 0.1, "pass", direction="better")), None),
        )
        for name in ("Encode",)
    )
    odd = Row(key=("FromNothing", ""), cells=(
        _cell(0.0, 0.0), _cell(3.0, 0.0, change(0.0, 0.0, "info", ratio=None, lo=None, hi=None, p=None, test="none",
                                                 direction="unknown", significant=False)), None))  # fmt: skip
    tables = (
        Table(key=(("goos", "linux"), ("pkg", "a")), unit="sec/op", better="lower", assume_exact=False,
              columns=(0, 1, 2), rows=rows,
              geomeans=(Geomean(center=1e-7, ratio=None), Geomean(center=1.2e-7, ratio=1.2),
                        Geomean(center=0.8e-7, ratio=0.8, warnings=(_DIFFERS,)))),
        Table(key=(("goos", "linux"), ("pkg", "b")), unit="B/s", better="higher", assume_exact=False, columns=(0, 1),
              rows=faster, geomeans=(None, None, None)),
        Table(key=(("goos", "linux"), ("pkg", "b")), unit="widgets", better="unknown", assume_exact=False,
              columns=(0, 1), rows=(odd,), geomeans=(None, None, None)),
    )  # fmt: skip
    payload = ComparisonPayload(
        columns=tuple(Column(key=(f"{label}.txt",), sources=(f"{label}.txt",)) for label in ("old", "new", "newest")),
        row_fields=(".name", "/size"), column_fields=(".file",), tables=tables, alpha=0.05, confidence=0.95,
        syntax_messages=("old.txt:3: missing units",),
    )  # fmt: skip
    verdict = Verdict(outcome="inconclusive", headline="no gating benchmark could be decided", undecidable=True,
                      reasons=("3 samples a side can never be significant: take at least 4",))  # fmt: skip
    return report(payload, verdict)


_BASE = Source(commit="9e107d9d372bb6826bd81d3542a419d6e277f0aa", branch=None, dirty=False)
_PAIRED = (
    # case, seconds, change, half of its interval, p, adjusted p, outcome, waiver
    ("ComplexQuery", 102e-6, 0.305, 0.006, 1.9e-6, 7.6e-6, "fail", ""),
    ("CTE", 44.6e-6, 0.231, 0.005, 1.9e-6, 7.6e-6, "warn", "checked plans cost this much until the cache lands"),
    ("SimpleSelect", 31.2e-6, 0.004, 0.005, 0.042, 0.084, "pass", ""),
    ("Insert", 33.2e-6, -0.001, 0.006, 0.7, 0.7, "pass", ""),
)


def paired() -> Report:
    """Return two states of the code measured in turn: one regression, one waived, one case that only one side has."""
    measurements: list[Measurement] = []
    rows: list[Row] = []
    for case, time, size, half, p, adjusted, outcome, waiver in _PAIRED:
        source = random.Random(case)
        paces = [1 + source.gauss(0, 0.02) for _ in range(20)]
        sides = (
            [round(time * pace * (1 + source.gauss(0, 0.002)), 10) for pace in paces],
            [round(time * pace * (1 + size + source.gauss(0, 0.012)), 10) for pace in paces],
        )
        for side, values in zip(("base", "now"), sides, strict=True):
            measurements.append(
                Measurement(suite="sql-parse", case=case, unit="cpu-sec/op", better="lower", side=side,
                            values=tuple(v * f for v in values for f in (0.999, 1.001)),
                            blocks=tuple(b for b in range(20) for _ in range(2)))  # type: ignore[arg-type]
            )  # fmt: skip
        judged = change(
            size, half, outcome, p=p, p_adjusted=adjusted, n_old=20, n_new=20, test="signed-rank-exact", statistic=12.0,
            waived=waiver, reason="over 20 %" if size > 0.1 else "same", significant=adjusted < 0.05,
            direction="worse" if adjusted < 0.05 else "same",
        )  # fmt: skip
        cells = [
            Cell(summary=Summary(center=center, lo=center * 0.99, hi=center * 1.01, n=20), values=tuple(values),
                 samples=40, change=found)
            for center, values, found in zip((time, time * (1 + size)), sides, (None, judged), strict=True)
        ]  # fmt: skip
        rows.append(Row(key=(f"sql-parse/{case}",), cells=tuple(cells)))
    base = msgspec.structs.replace(ENVIRONMENT, source=_BASE)
    now = msgspec.structs.replace(
        ENVIRONMENT, source=Source(commit=ENVIRONMENT.source.commit, branch="main", dirty=True)  # type: ignore[union-attr]
    )  # fmt: skip
    run = PairedRun(
        settings=BenchSettings(blocks=80, samples_per_block=2, min_time_s=0.02, seed=7, memory=False, latency=False),
        sides=(
            Side(name="base", label="HEAD~1", environment=base, setup="pip install .", setup_s=14.2,
                 dependencies="5d41402abc4b2a76"),
            Side(name="now", label="working tree", environment=now, setup="pip install .",
                 dependencies="7d793037a0760186"),
        ),
        cases=tuple(
            BenchCase(suite="sql-parse", case=case, kind="sql", loops=640) for case, *_ in _PAIRED
        ),
        stopping=Stopping(rule="adaptive", planned=80, done=20, reason="decided", budget_s=600.0,
                          looks=(Look(blocks=20, alpha=0.0001, decided=4, rows=4),)),
        lost=(LostCase(suite="sql-parse", case="Merge", side="base",
                       reason="ImportError: cannot import name 'merge' from 'app.orders'"),),
        skipped=(SkippedCase(suite="sql-parse", case="Upsert", reason="ParseError: unexpected token at upsert.sql:3"),),
        duration_s=96.5,
    )  # fmt: skip
    payload = ComparisonPayload(
        columns=(
            Column(key=("HEAD~1",), sources=("HEAD~1",), environment=base, created=CREATED),
            Column(key=("working tree",), sources=("working tree",), environment=now, created=CREATED),
        ),
        row_fields=(".fullname",), column_fields=(".file",),
        tables=(
            Table(key=(), unit="cpu-sec/op", better="lower", assume_exact=False, columns=(0, 1), rows=tuple(rows),
                  geomeans=(Geomean(center=46.8e-6, ratio=None), Geomean(center=52.9e-6, ratio=1.127))),
        ),
        alpha=0.05, confidence=0.95, paired=True, correction="holm", run=run,
        unmatched=(Unmatched(name="sql-parse/Merge", unit="cpu-sec/op", state="new", column="HEAD~1"),),
    )  # fmt: skip
    verdict = Verdict(
        outcome="fail",
        headline="1 regression, 1 warning, 2 unchanged, 0 undecided",
        reasons=(
            "✗ sql-parse/ComplexQuery cpu-sec/op: 30.5 % slower (133 µs vs 102 µs baseline, p<0.001)",
            "⚠ sql-parse/CTE cpu-sec/op: 23.1 % slower (54.9 µs vs 44.6 µs baseline, p<0.001), waived:"
            " checked plans cost this much until the cache lands",
        ),
    )
    warnings = (
        ReportWarning(code="dependencies-differ", message="the sides declare different dependencies: pyproject.toml"),
    )
    return _since("1.1", report(payload, verdict, measurements=tuple(measurements), warnings=warnings))


def explained() -> Report:
    """Return the paired comparison with the functions that account for its rows."""
    made = paired()
    payload = msgspec.structs.replace(made.payload, explanations=EXPLANATIONS)  # type: ignore[type-var]
    return _since("1.3", msgspec.structs.replace(made, payload=payload))


def _since(version: str, made: Report) -> Report:
    return msgspec.structs.replace(made, schema_version=version)


def _over_time(name: str, unit: str, runs: range, *levels: tuple[int, float], spread: float = 0.01, **more: object) -> (
    HistorySeries
):  # fmt: skip
    """Return a series whose levels begin with the given points."""
    source = random.Random(f"{name}{unit}")
    starts = [at for at, _ in levels] + [len(runs)]
    points, made, changes = [], [], []
    for index, (first, center) in enumerate(levels):
        for run in runs[first : starts[index + 1]]:
            value = round(center * (1 + source.gauss(0, spread)), 9)
            lo, hi = value * (1 - spread), value * (1 + spread)
            points.append(HistoryPoint(run=run, center=value, lo=lo, hi=hi, n=12 if spread else 1))
        made.append(
            Level(first=first, last=starts[index + 1] - 1, center=center, lo=center * (1 - spread),
                  hi=center * (1 + spread))
        )  # fmt: skip
        if index:
            size = center / levels[index - 1][1] - 1
            direction = "worse" if size > 0 else "better"
            half = 2 * spread
            changes.append(
                LevelChange(at=first, change=size, lo=size - half, hi=size + half,
                            p=0.0004 if spread else None, direction=direction,  # type: ignore[arg-type]
                            packages=("sqlglot 30.30.0 → 30.31.0",) if first == 8 else ())
            )  # fmt: skip
    fields: dict[str, object] = {
        "outcome": "pass",
        "reason": "no change of level",
        "gate": Gate(fail=0.2, warn=0.1),
        **more,
    }
    return HistorySeries(
        name=f"sql-parse/{name}", unit=unit, better="lower", environment=0 if runs[-1] > 3 else 1,
        points=tuple(points), levels=tuple(made), changes=tuple(changes), exact=not spread,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def history() -> Report:
    """Return 24 runs in two environments: a regression, an improvement, a counter that grew, one not yet sure."""
    runs = tuple(
        HistoryRun(
            name=f"run-{index:02}.json", environment=1 if index in (2, 3) else 0,
            created=f"2026-11-{index + 1:02}T08:00:00Z",
            source=Source(commit=f"{(index + 3) * 0x9E3779B97F4A7C15:040x}", branch="main", dirty=False),
        )
        for index in range(24)
    )  # fmt: skip
    late = range(4, 24)
    payload = HistoryPayload(
        runs=runs,
        environments=tuple(
            HistoryEnvironment(label="ci-linux-x64", identity=("linux", "x86_64", cpu, "2", "CPython", "3.11"))
            for cpu in ("Example CPU 3000", "Other CPU 900")
        ),
        series=(
            _over_time("ComplexQuery", "cpu-sec/op", late, (0, 102e-6), (14, 136e-6), outcome="fail",
                       reason="over 20 %"),
            _over_time("CTE", "cpu-sec/op", late, (0, 44e-6), (8, 50e-6), (15, 40e-6), reason="better"),
            _over_time("SimpleSelect", "cpu-sec/op", late, (0, 31e-6)),
            _over_time("Insert", "cpu-sec/op", late, (0, 33e-6), outcome="inconclusive",
                       reason="the newest run is worse than its level by over 20 %: more runs will tell"),
            _over_time("Insert", "allocs/op", late, (0, 412.0), (9, 431.0), spread=0.0, outcome="fail",
                       reason="over 0.5 % (exact)", gate=Gate(fail=0.005, warn=0.005)),
            _over_time("ComplexQuery", "sec/op", late, (0, 105e-6), (14, 140e-6), outcome="info", reason="informs only",
                       gates=False, gate=None),
            _over_time("ComplexQuery", "cpu-sec/op", range(2, 4), (0, 71e-6), outcome="info",
                       reason="not in the newest run", gate=None),
        ),
        alpha=0.05, confidence=0.95,
    )  # fmt: skip
    verdict = Verdict(
        outcome="fail",
        headline="2 regressions, 0 warnings, 1 improvement, 1 unchanged, 1 undecided over 24 runs",
        reasons=(
            "✗ sql-parse/ComplexQuery cpu-sec/op: 33.3 % slower since 4c2f1e0d9 (2026-11-19): 102 µs → 136 µs, p<0.001",
            "✗ sql-parse/Insert allocs/op: 4.6 % more since 7be19d2c4 (2026-11-14): 412 → 431",
            "sql-parse/Insert cpu-sec/op: undecided, the newest run is worse than its level by over 20 %:"
            " more runs will tell",
            "✓ sql-parse/CTE cpu-sec/op: 20.0 % faster since e95fd3eae (2026-11-20): 50.0 µs → 40.0 µs, p<0.001",
        ),
    )
    warnings = (
        ReportWarning(
            code="environments-differ",
            message="the runs are from 2 environments: each is a series of its own, and only that of the newest run is"
            " judged",
        ),
        ReportWarning(
            code="run-unreadable", message="left out: the JSON ends too early (byte 32)", subject="run-24.json"
        ),
    )
    return _since("1.1", report(payload, verdict, warnings=warnings))


def config() -> Report:
    """Return an effective configuration."""
    payload = ConfigPayload(
        values=(
            ConfigValue(
                name="bench.blocks", value="20", origin="perftool.toml:3", description="new processes per case"
            ),
            ConfigValue(name="bench.min-time", value='"20ms"', origin="default", description="least time of a sample"),
        ),
        files=("perftool.toml",),
    )
    return report(payload, Verdict(outcome="pass", headline="2 settings, 1 of them not the default"))


def baselines() -> Report:
    """Return a list of stored baselines."""
    entry = BaselineEntry(name="main", environment_label="ci-linux-x64", created="2026-11-17T18:00:00Z",
                          source=ENVIRONMENT.source, cases=5, measurements=35, buffer=0.1, reason="new parser",
                          path="baselines/ci-linux-x64/main.json")  # fmt: skip
    payload = BaselinesPayload(entries=(entry,), action="saved main (ci-linux-x64)")
    return report(payload, Verdict(outcome="pass", headline="1 baseline"))


def inspect() -> Report:
    """Return an inspection of two statements and a damaged one."""
    payload = InspectPayload(
        dialect="postgres",
        files=2,
        statements=(
            InspectedStatement(path="app/orders.sql", start=0, end=58, line=1, kind="SELECT", digest="8f14e45fceea167a",
                               fingerprint="SELECT id FROM orders WHERE id = ?", tables=("orders",),
                               columns=("orders.id",), tokens=8),
            InspectedStatement(path="app/orders.sql", start=60, end=80, line=3, kind="unknown", digest=None,
                               error="unterminated string"),
        ),
    )  # fmt: skip
    return report(payload, Verdict(outcome="warn", headline="2 statements, 1 of them not analysed"))


def setup() -> Report:
    """Return what init did."""
    payload = SetupPayload(
        files=(
            WrittenFile(path="perftool.toml", state="created", description="every setting, commented"),
            WrittenFile(path=".github/workflows/perftool.yml", state="kept", description="CI workflow"),
        )
    )
    return report(payload, Verdict(outcome="pass", headline="1 file written, 1 kept"))


def lint() -> Report:
    """Return a lint run with findings of every severity in three files."""
    verdict = Verdict(outcome="fail", headline="2 errors, 4 warnings, 1 info in 3 of 823 files")
    warnings = (ReportWarning(code="suppression-unused", message="names no rule that ran", subject="app/old.sql:3"),)
    seconds = Measurement(suite="lint", case="all", unit="sec", better="lower", values=(0.91,), gates=False)
    made = report(lint_sample.PAYLOAD, verdict, measurements=(seconds, *lint_sample.CREW),
                  diagnostics=lint_sample.DIAGNOSTICS, warnings=warnings)  # fmt: skip
    return _since("1.2", made)


def batch() -> Report:
    """Return a batch that went on behind an earlier one, with failures."""
    verdict = Verdict(outcome="warn", headline="139,475 of 140,000 items done, 525 not",
                      reasons=("512 failed", "12 unreadable", "1 timeout"))  # fmt: skip
    return _since("1.2", report(batch_sample.PAYLOAD, verdict, measurements=batch_sample.MEASUREMENTS))


def profile() -> Report:
    """Return where the CPU time of a target with two children went."""
    made = report(profile_sample.CPU, profile_sample.CPU_VERDICT, measurements=profile_sample.CPU_MEASUREMENTS,
                  warnings=profile_sample.CPU_WARNINGS)  # fmt: skip
    return _since("1.3", made)


def profile_memory() -> Report:
    """Return where a target's memory went, and when."""
    made = report(profile_sample.MEMORY, profile_sample.MEMORY_VERDICT, measurements=profile_sample.MEMORY_MEASUREMENTS)
    return _since("1.3", made)


def profile_diff() -> Report:
    """Return two profiles of five captures each: changes that are sure, and some that may be chance."""
    headline = "shop.checkout.total takes 12.3 points more of CPU time (8.1 % → 20.4 %); 3 other functions changed too"
    return _since("1.3", report(profile_diff_sample.PAYLOAD, Verdict(outcome="pass", headline=headline)))


def profile_view() -> Report:
    """Return a capture read as top functions, call tree, source lines and callers."""
    headline = "4.07 s (95.3 %) of 4.27 s CPU time, 427 samples"
    warnings = (ReportWarning(code="one-thread", message="other threads could not be seen"),)
    return _since("1.3", report(profile_view_sample.PAYLOAD, Verdict(outcome="warn", headline=headline),
                                warnings=warnings))  # fmt: skip


def doctor() -> Report:
    """Return what was tried on a machine without a debugger."""
    checks = (
        Check(name="CPU sampler", state="ok", detail="246 samples a second at most", enables="profile cpu"),
        Check(name="memray with gdb", state="failed", detail="gdb did not get in", enables="profile memory --pid N",
              fix="sudo apt-get install lldb"),
        Check(name="memray with lldb", state="missing", detail="not installed", enables="profile memory --pid N",
              fix="sudo apt-get install lldb"),
        Check(name="perf", state="limited", detail="works, without functions of Python 3.11",
              enables="C code and the kernel", fix="Python 3.12 or later"),
    )  # fmt: skip
    verdict = Verdict(outcome="warn", headline="2 of 4 work; memray with gdb failed; memray with lldb missing")
    return _since("1.3", report(DoctorPayload(topic="profile", checks=checks), verdict))


def tune() -> Report:
    """Return a trial of settings that found a better one."""
    warnings = (ReportWarning(code="load-high", message="other processes used 0.7 of 2 cores"),)
    made = report(tune_sample.PAYLOAD, Verdict(outcome="pass", headline=tune_sample.HEADLINE),
                  measurements=tune_sample.MEASUREMENTS, warnings=warnings)  # fmt: skip
    return _since("1.3", made)


def tune_settings() -> Report:
    """Return a trial of a database's settings: one that won, one that made it worse."""
    verdict = Verdict(outcome="pass", headline=tune_sample.SETTINGS_HEADLINE)
    return _since("1.4", report(tune_sample.SETTINGS, verdict))


def tune_pool() -> Report:
    """Return pool sizes that were tried, with the knee at 4."""
    verdict = Verdict(outcome="pass", headline=tune_sample.POOL_HEADLINE)
    return _since("1.4", report(tune_sample.POOL, verdict, measurements=tune_sample.POOL_MEASUREMENTS))


def query() -> Report:
    """Return statements of a file, one of which failed."""
    verdict = Verdict(outcome="fail", headline="1 of 5 statements failed on postgresql:shop, 1 behind not run")
    made = report(query_sample.RUN, verdict, measurements=query_sample.RUN_MEASUREMENTS,
                  diagnostics=query_sample.RUN_DIAGNOSTICS)  # fmt: skip
    return _since("1.4", made)


def query_stream() -> Report:
    """Return a stream that could not take the fastest path."""
    verdict = Verdict(outcome="pass", headline=stream_sample.HEADLINE)
    return _since("1.4", report(stream_sample.PAYLOAD, verdict, measurements=stream_sample.MEASUREMENTS))


def query_batch() -> Report:
    """Return a batch of queries on two databases, two of which failed."""
    headline = "2 of 1,204 queries failed on 2 databases in 3.10 s, p95 12.0 ms; 3 were retried"
    verdict = Verdict(outcome="fail", headline=headline, reasons=("1 × 42P01 relation does not exist", "1 × 57014"))
    return _since("1.4", report(query_sample.BATCH, verdict, measurements=query_sample.BATCH_MEASUREMENTS))


def statements() -> Report:
    """Return the SQL of a program with an N+1 query that failed in the end."""
    verdict = Verdict(outcome="warn", headline=statements_sample.HEADLINE, reasons=("⚠ the target's exit code is 3",))
    lost = ReportWarning(code="statements-lost", message="4 runs were of too many different statements to keep apart")
    made = report(statements_sample.PAYLOAD, verdict, measurements=statements_sample.MEASUREMENTS,
                  diagnostics=statements_sample.DIAGNOSTICS, warnings=(lost,))  # fmt: skip
    return _since("1.4", made)


SAMPLES = {
    "bench": bench,
    "bench-commands": commands,
    "bench-databases": databases,
    "compare": compare,
    "compare-columns": compare_columns,
    "compare-paired": paired,
    "compare-explained": explained,
    "history": history,
    "config": config,
    "baselines": baselines,
    "inspect": inspect,
    "lint": lint,
    "batch": batch,
    "setup": setup,
    "doctor": doctor,
    "profile": profile,
    "profile-memory": profile_memory,
    "profile-diff": profile_diff,
    "profile-view": profile_view,
    "tune": tune,
    "tune-settings": tune_settings,
    "tune-pool": tune_pool,
    "query": query,
    "query-batch": query_batch,
    "query-stream": query_stream,
    "statements": statements,
}


def write() -> None:
    """Write every sample to its file; one of an older minor version stays as that version wrote it."""
    from perftool.store.reports import encode

    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, build in SAMPLES.items():
        path, made = FOLDER / f"{name}.json", build()
        if made.schema_version == SCHEMA_VERSION or not path.exists():
            path.write_bytes(encode(made))


if __name__ == "__main__":
    write()
