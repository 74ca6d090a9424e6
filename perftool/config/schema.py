"""Every setting: name, type, default and meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from perftool.config.kinds import (
    Choice,
    DatabaseUrl,
    Date,
    Duration,
    Flag,
    Fraction,
    Integer,
    Pairs,
    Several,
    Size,
    Text,
    Thresholds,
    Words,
)
from perftool.model.database import PoolSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


class BenchSection(msgspec.Struct, frozen=True, kw_only=True):
    """How ``perftool bench`` measures; durations in seconds, sizes in bytes."""

    suites: tuple[str, ...] = ()
    blocks: int = 12
    samples: int = 3
    min_time: float = 0.02
    gc: str = "default"
    mem: bool = False
    instructions: bool = False
    latency: bool = True
    seed: int = 7
    timeout: float = 60.0
    filter: str = ""
    stage: str = "parse"
    dialect: str = ""
    max_statement: int = 1 << 20
    warmup: int = 0
    python: str = ""
    capture: tuple[str, ...] = ()
    capture_time: float = 1.0
    capture_repeats: int = 5
    pure: tuple[str, ...] = ()


class VsSection(msgspec.Struct, frozen=True, kw_only=True):
    """How ``perftool bench --vs`` prepares and measures two sides; durations in seconds, 0 is no limit."""

    setup: str = ""
    files: tuple[str, ...] = ()
    blocks: int = 20
    samples: int = 2
    most_blocks: int = 80
    max_time: float = 0.0


class CompareSection(msgspec.Struct, frozen=True, kw_only=True):
    """How ``perftool compare`` judges; thresholds are fractions."""

    alpha: float = 0.05
    confidence: float = 0.95
    fail: float = 0.20
    warn: float = 0.10
    min_effect: float = 0.0
    exact_fail: float = 0.005
    instructions_fail: float = 0.01
    correction: str = "none"
    strict: bool = False
    fail_on_missing: bool = False
    fail_on_new: bool = False
    normalize: bool = False


class RuleSection(msgspec.Struct, frozen=True, kw_only=True):
    """A ``[[compare.rule]]``: thresholds of the rows that it matches; None leaves the general one. First match wins."""

    match: str = "*"
    unit: str = "*"
    fail: float | None = None
    warn: float | None = None
    min_effect: float | None = None
    exact_fail: float | None = None
    gate: bool | None = None


class WaiverSection(msgspec.Struct, frozen=True, kw_only=True):
    """A ``[[compare.waiver]]``: a loss that is accepted up to ``ceiling`` and through the day ``until``, and why."""

    match: str
    ceiling: float
    until: str
    reason: str
    unit: str = "*"


class BaselineSection(msgspec.Struct, frozen=True, kw_only=True):
    """Where baselines are, how much they may be exceeded, and how large their captures may be, in bytes."""

    folder: str = "baselines"
    buffer: float = 0.0
    capture_size: int = 256 << 10
    captures_size: int = 4 << 20


class LintSection(msgspec.Struct, frozen=True, kw_only=True):
    """What ``perftool lint`` looks at and what counts; sizes in bytes, durations in seconds."""

    dialect: str = ""
    rules_for: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    fail_on: str = "warning"
    exclude: tuple[str, ...] = ()
    python: bool = False
    schema: str = ""
    partitions: tuple[str, ...] = ()
    transaction: str = "none"
    lock_timeout: str = "file"
    baseline: str = ""
    cache: bool = True
    plugins: tuple[str, ...] = ()
    max_statement: int = 1 << 20
    timeout: float = 20.0


class LintPathSection(msgspec.Struct, frozen=True, kw_only=True):
    """A ``[[lint.path]]``: what differs for the files it matches. Every one that matches counts, later ones win."""

    match: str
    dialect: str = ""
    rules_for: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


class BatchSection(msgspec.Struct, frozen=True, kw_only=True):
    """How ``perftool batch`` reads, works and writes; sizes in bytes, durations in seconds."""

    dialect: str = ""
    field: str = "sql"
    column: str = "sql"
    id: str = "id"
    results_format: str = "auto"
    order: str = "input"
    max_errors: int = -1
    strict: bool = False
    timeout: float = 20.0
    retry: int = 0
    dedupe: bool = True
    remember: int = 64 << 20
    max_statement: int = 1 << 20


class ProfilingSection(msgspec.Struct, frozen=True, kw_only=True):
    """How ``perftool profile`` captures and what it keeps; durations in seconds, sizes in bytes."""

    engine: str = ""
    rate: int = 100
    duration: float = 0.0
    children: bool = True
    pure: tuple[str, ...] = ()
    folder: str = ".perftool/captures"
    keep: int = 0
    originals: int = 256 << 20


class GcSection(msgspec.Struct, frozen=True, kw_only=True):
    """How ``perftool.profiling.collector.apply`` sets Python's garbage collector; () leaves the thresholds."""

    threshold: tuple[int, ...] = ()
    freeze: bool = False


class DatabaseSettingsSection(msgspec.Struct, frozen=True, kw_only=True):
    """Session settings by database system, as "name=value", set on every connection in this order."""

    sqlite: tuple[str, ...] = ()
    duckdb: tuple[str, ...] = ()
    postgresql: tuple[str, ...] = ()
    mysql: tuple[str, ...] = ()

    def of(self, driver: str) -> dict[str, str]:
        """Return the settings for the driver with this name, none for one that has no settings."""
        pairs: tuple[str, ...] = getattr(self, driver, ())
        return {name.strip(): value.strip() for pair in pairs for name, _, value in (pair.partition("="),)}


class PoolSection(msgspec.Struct, frozen=True, kw_only=True):
    """How connections to a database are kept; durations in seconds, 0 switches off what they bound."""

    minimum: int = 0
    maximum: int = 5
    overflow: int = 0
    timeout: float = 30.0
    pre_ping: bool = False
    health: float = 0.0
    idle: float = 0.0
    recycle: float = 0.0
    maximum_uses: int = 0
    warm_up: bool = False
    fair: bool = True
    leak: float = 0.0
    alarm_wait: float = 1.0
    alarm_exhausted: float = 0.5
    alarm_pools: int = 8

    def settings(self) -> PoolSettings:
        """Return the settings of a pool."""
        return PoolSettings(
            minimum=self.minimum,
            maximum=self.maximum,
            overflow=self.overflow,
            timeout_s=self.timeout,
            pre_ping=self.pre_ping,
            health_s=self.health,
            idle_s=self.idle,
            recycle_s=self.recycle,
            maximum_uses=self.maximum_uses,
            warm_up=self.warm_up,
            fair=self.fair,
            leak_s=self.leak,
            alarm_wait_s=self.alarm_wait,
            alarm_exhausted=self.alarm_exhausted,
            alarm_pools=self.alarm_pools,
        )


class DatabaseSection(msgspec.Struct, frozen=True, kw_only=True):
    """A ``[[database]]``: what ``@name`` stands for on the command line, and how its sessions are set."""

    name: str
    url: str
    write: bool = False
    settings: tuple[str, ...] = ()


class WorkersSection(msgspec.Struct, frozen=True, kw_only=True):
    """How many processes work, and how much memory they may take together; 0: as many as cores, no limit."""

    jobs: int = 0
    max_memory: int = 0


class ReportSection(msgspec.Struct, frozen=True, kw_only=True):
    """Where reports go."""

    folder: str = ".perftool/reports"
    keep: int = 0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All effective settings and where each came from.

    ``root`` is the project folder that relative folders start from; ``files`` are the configuration files read;
    ``origins`` maps dotted names to ``perftool.toml:4``, ``PERFTOOL_BENCH_BLOCKS``, ``profile ci:5`` or ``command
    line``; what is not in it is a default.
    """

    label: str = ""
    profile: str = ""
    bench: BenchSection = BenchSection()
    vs: VsSection = VsSection()
    compare: CompareSection = CompareSection()
    rules: tuple[RuleSection, ...] = ()
    waivers: tuple[WaiverSection, ...] = ()
    baseline: BaselineSection = BaselineSection()
    lint: LintSection = LintSection()
    lint_paths: tuple[LintPathSection, ...] = ()
    batch: BatchSection = BatchSection()
    profiling: ProfilingSection = ProfilingSection()
    gc: GcSection = GcSection()
    pool: PoolSection = PoolSection()
    database_settings: DatabaseSettingsSection = DatabaseSettingsSection()
    databases: tuple[DatabaseSection, ...] = ()
    workers: WorkersSection = WorkersSection()
    report: ReportSection = ReportSection()
    root: Path = Path()
    files: tuple[str, ...] = ()
    origins: Mapping[str, str] = {}

    def origin(self, name: str) -> str:
        """Say where the setting with the dotted ``name`` came from."""
        return self.origins.get(name, "default")

    def section(self, name: str) -> Any:
        """Return the section called ``name`` in a configuration file, itself for ""."""
        return getattr(self, name.rpartition(".")[2]) if name else self

    @property
    def report_folder(self) -> Path:
        """Return the folder of the reports."""
        return self.root / self.report.folder

    @property
    def baseline_folder(self) -> Path:
        """Return the folder of the baselines."""
        return self.root / self.baseline.folder

    @property
    def baseline_captures_folder(self) -> Path:
        """Return the folder of the captures that baselines name: part of the repository."""
        return self.root / "profiles" / "captures"

    @property
    def capture_folder(self) -> Path:
        """Return the folder of this machine's captures."""
        return self.root / self.profiling.folder


SECTIONS: Final[dict[str, Any]] = {
    "bench": BenchSection,
    "bench.vs": VsSection,
    "compare": CompareSection,
    "baseline": BaselineSection,
    "lint": LintSection,
    "batch": BatchSection,
    "profiling": ProfilingSection,
    "gc": GcSection,
    "pool": PoolSection,
    "database_settings": DatabaseSettingsSection,
    "workers": WorkersSection,
    "report": ReportSection,
}


class Key(msgspec.Struct, frozen=True):
    """One setting by its dotted name; ``required`` where a list of tables holds it and each of them has to."""

    name: str
    kind: Any
    default: Any
    description: str
    required: bool = False

    @property
    def variable(self) -> str:
        """Return the environment variable that sets it."""
        return "PERFTOOL_" + self.name.upper().replace(".", "_")

    @property
    def option(self) -> str:
        """Return the option that sets it on the command line, where a command has one."""
        return _OPTIONS.get(self.name) or "--" + self.name.rpartition(".")[2].replace("_", "-")


# Options that are not called like their setting.
_OPTIONS = {
    "bench.blocks": "--count",
    "bench.vs.blocks": "--count",
    "compare.fail": "--fail-over",
    "compare.warn": "--warn-over",
}
_STAGES = ("tokenize", "parse", "fingerprint", "format", "optimize")
_MEANINGS = {
    "label": (Text(), 'name of this environment such as "ci-linux-x64"; empty: made up from the system'),
    "profile": (Text(), "named set of settings to start from"),
    "bench.suites": (Words(), "what to measure when no target is given; empty: the built-in default suites"),
    "bench.blocks": (Integer(1, 10_000), "blocks per case; a block is a fresh process with its own memory layout"),
    "bench.samples": (Integer(1, 10_000), "samples of every case in a block"),
    "bench.min_time": (Duration(1e-5), "shortest time of a sample; the number of operations follows"),
    "bench.gc": (
        Choice(("default", "freeze", "disable")),
        "garbage collection while measuring; default leaves it as it is",
    ),
    "bench.mem": (Flag(), "measure bytes and allocations per operation in a pass of their own"),
    "bench.instructions": (Flag(), "count instructions per operation with valgrind in a pass of their own"),
    "bench.latency": (Flag(), "measure p50, p90, p99 and max of single operations in a pass of their own"),
    "bench.seed": (Integer(0), "seed of the order of samples and of hash seeds"),
    "bench.timeout": (Duration(0.01), "longest time of a sample before it is given up"),
    "bench.filter": (Text(), "regular expression that names of cases must match"),
    "bench.stage": (Choice(_STAGES), "what is done to SQL targets"),
    "bench.dialect": (Text(), "SQL dialect of SQL targets; empty: sqlglot's own"),
    "bench.max_statement": (Size(), "SQL statements above this size are reported, not analysed"),
    "bench.warmup": (Integer(0, 1000), "runs of a --command before the measured ones"),
    "bench.python": (Text(), "interpreter to measure in; empty: perftool's own"),
    "bench.capture": (Several(("cpu", "memory")), "profiles of every case, taken beside its samples: cpu, memory"),
    "bench.capture_time": (Duration(0.01), "CPU time of a profile of a case"),
    "bench.capture_repeats": (Integer(1, 100), "profiles of a case, each in a fresh process; of memory at most three"),
    "bench.pure": (Words(), "packages whose Python twin is profiled in place of the compiled one"),
    "bench.vs.setup": (Text(), 'builds a side in its own environment: "pip install ."; empty: code is found by path'),
    "bench.vs.files": (Words(), "files that both sides take from the working tree beside the targets, with * and **"),
    "bench.vs.blocks": (Integer(20, 10_000), "blocks of a run with --vs; each measures both sides"),
    "bench.vs.samples": (Integer(1, 1000), "samples of every case and side in a block, in the order A B B A"),
    "bench.vs.most_blocks": (Integer(20, 10_000), "blocks after which a run with --adaptive ends, decided or not"),
    "bench.vs.max_time": (Duration(0.0), "no block begins that would end later than this; 0s: no limit"),
    "compare.alpha": (Fraction(open_ends=True), "a change with a p-value below this is significant"),
    "compare.confidence": (Fraction(open_ends=True), "confidence of the intervals that are shown"),
    "compare.fail": (Fraction(), "a significant loss whose whole interval is above this fails"),
    "compare.warn": (Fraction(), "a significant loss whose whole interval is above this warns"),
    "compare.min_effect": (Fraction(), "changes below this count as none"),
    "compare.exact_fail": (Fraction(), "loss that fails where a measurement is exact (allocations)"),
    "compare.correction": (
        Choice(("none", "holm", "bh")),
        "how p-values are adjusted for the number of rows: holm none wrong, bh few",
    ),
    "compare.instructions_fail": (Fraction(), "loss of counted instructions that fails, instead of exact_fail"),
    "compare.strict": (Flag(), "fail when a row could not be decided"),
    "compare.fail_on_missing": (
        Flag(),
        "fail when a benchmark of the baseline is missing now; with --vs also when not set",
    ),
    "compare.fail_on_new": (Flag(), "fail when a benchmark is not in the baseline"),
    "compare.normalize": (Flag(), "compare times as multiples of a fixed kernel's time, measured in every block"),
    "baseline.folder": (Text(), "folder of the baselines, relative to the project"),
    "baseline.buffer": (Fraction(), "added to every threshold when judging against a newly saved baseline"),
    "baseline.capture_size": (Size(), "largest profile that is kept with a baseline: the lightest stacks are folded"),
    "baseline.captures_size": (Size(), "all profiles of one baseline together: each gets its part of it"),
    "lint.dialect": (Text(), "SQL dialect of every file; empty: told from each file's text and path"),
    "lint.rules_for": (Words(), "oltp, warehouse, migration; empty: those that suit a file's dialect and path"),
    "lint.select": (
        Words(),
        "codes, beginnings of codes or names of the only rules that run; empty: the rules that suit",
    ),
    "lint.extend_select": (Words(), "rules that run in addition"),
    "lint.ignore": (Words(), "rules that do not run"),
    "lint.severity": (Words(), 'other severities: "MIG008=error", "PERF0=info", "WARE005=off"'),
    "lint.options": (Words(), 'other thresholds of rules: "max-in-list=200"'),
    "lint.fail_on": (Choice(("error", "warning", "info", "never")), "the least severity that fails the run"),
    "lint.exclude": (Words(), "files and folders that are passed over, as in .gitignore"),
    "lint.python": (Flag(), "look at SQL in Python files too"),
    "lint.schema": (Text(), "SQL file that defines the tables: what rules on columns and keys stand on"),
    "lint.partitions": (Words(), 'partition columns of tables whose definition is not there: "shop.events=day"'),
    "lint.transaction": (Choice(("none", "file")), "file: the migration runner wraps each file in a transaction"),
    "lint.lock_timeout": (Choice(("file", "runner")), "runner: the migration runner sets lock_timeout"),
    "lint.baseline": (Text(), "file of findings that are known: only new ones fail"),
    "lint.cache": (Flag(), "keep what is known of files and statements in .perftool"),
    "lint.plugins": (Words(), "installed distributions or Python files that bring more rules"),
    "lint.max_statement": (Size(), "statements above this size are reported, not analysed"),
    "lint.timeout": (Duration(0.1), "longest time for one statement before it is given up"),
    "batch.dialect": (Text(), "SQL dialect of all statements; empty: sqlglot's own"),
    "batch.field": (Text(), "field with the statement in NDJSON"),
    "batch.column": (Text(), "column with the statement in CSV"),
    "batch.id": (Text(), "field or column that names an item, where there is one"),
    "batch.results_format": (Choice(("auto", "ndjson", "csv")), "how results are written; auto: by the file's name"),
    "batch.order": (Choice(("input", "any")), "results in the order of the input, or as they finish"),
    "batch.max_errors": (Integer(-1), "failures that a run bears before it ends; -1: any number"),
    "batch.strict": (Flag(), "fail when any item failed"),
    "batch.timeout": (Duration(0.001), "longest time for one item before it is given up"),
    "batch.retry": (Integer(0), "how often an item is begun again that took too long or whose worker died"),
    "batch.dedupe": (Flag(), "work equal statements once"),
    "batch.remember": (Size(0), "memory for results of statements that may come again; the oldest go first"),
    "batch.max_statement": (Size(), "statements above this size are reported, not worked"),
    "profiling.engine": (Text(), "who captures: sampler, pyinstrument, memray, external; empty: the one that suits"),
    "profiling.rate": (Integer(1, 10_000), "samples a second"),
    "profiling.duration": (Duration(0.0), "time after which a capture ends, not the target; 0s: with the target"),
    "profiling.children": (Flag(), "profile the processes that the target starts too"),
    "profiling.pure": (Words(), "packages whose Python files are loaded in place of compiled ones"),
    "profiling.folder": (Text(), "folder of the captures, relative to the project"),
    "profiling.keep": (Integer(0), "captures kept in the folder, newest first; 0: all"),
    "profiling.originals": (Size(0), "largest file of memray or pyinstrument itself that is kept beside a capture"),
    "gc.threshold": (
        Thresholds(),
        "new objects, then collections, before each next generation; empty: as it is",
    ),
    "gc.freeze": (Flag(), "leave what lives when the settings are applied out of all collections"),
    "pool.minimum": (Integer(0), "connections that stay open, idle or not"),
    "pool.maximum": (Integer(1, 10_000), "connections that are kept at most; batches keep one for each job if not set"),
    "pool.overflow": (Integer(0, 10_000), "connections beyond the maximum in a rush, closed when they come back"),
    "pool.timeout": (Duration(0.0), "longest wait for a connection; 0s: any"),
    "pool.pre_ping": (Flag(), "ask each connection whether it lives before it is given out"),
    "pool.health": (Duration(0.0), "interval at which idle connections are asked whether they live; 0s: never"),
    "pool.idle": (Duration(0.0), "connections above the minimum that were idle for so long are closed; 0s: never"),
    "pool.recycle": (Duration(0.0), "connections older than this are replaced; 0s: never"),
    "pool.maximum_uses": (Integer(0), "a connection is replaced after so many uses; 0: never"),
    "pool.warm_up": (Flag(), "open the minimum at once"),
    "pool.fair": (Flag(), "serve those who wait in their order"),
    "pool.leak": (Duration(0.0), "a connection that is out for so long counts as leaked; 0s: none does"),
    "pool.alarm_wait": (Duration(0.0), "alarm when one checkout in twenty waits longer; 0s: never"),
    "pool.alarm_exhausted": (Fraction(), "alarm when somebody waits for a larger part of the time; 0%: never"),
    "pool.alarm_pools": (Integer(0), "alarm when more pools to one database live in a process; 0: never"),
    "database_settings.sqlite": (Pairs(), 'pragmas of every SQLite connection: "mmap_size=268435456"'),
    "database_settings.duckdb": (Pairs(), 'settings of every DuckDB connection: "threads=2"'),
    "database_settings.postgresql": (Pairs(), 'settings of every PostgreSQL session: "work_mem=64MB"'),
    "database_settings.mysql": (Pairs(), 'variables of every MariaDB or MySQL session: "sort_buffer_size=4194304"'),
    "workers.jobs": (Integer(0, 1024), "processes that work; 0: one for each core"),
    "workers.max_memory": (Size(0), "memory that all processes may take together; 0B: no limit but the container's"),
    "report.folder": (Text(), "folder of the reports, relative to the project"),
    "report.keep": (Integer(0), "reports kept in the folder, newest first; 0: all"),
}
_RULE_MEANINGS = {
    "match": (Text(), 'names it is for, with * and ?: "sql-parse/CTE*"'),
    "unit": (Text(), 'units it is for, with * and ?: "B/op"'),
    "fail": (Fraction(), "as compare.fail"),
    "warn": (Fraction(), "as compare.warn"),
    "min_effect": (Fraction(), "as compare.min_effect"),
    "exact_fail": (Fraction(), "as compare.exact_fail"),
    "gate": (Flag(), "whether the row may fail at all"),
}
_WAIVER_MEANINGS = {
    "match": (Text(), 'names it is for, with * and ?: "sql-parse/CTE*"'),
    "unit": (Text(), 'units it is for, with * and ?: "B/op"'),
    "ceiling": (Fraction(), "the loss that is accepted: one surely above it fails all the same"),
    "until": (Date(), "the last day on which it holds"),
    "reason": (Text(), "why it is accepted: shown wherever the row is"),
}
_LINT_PATH_MEANINGS = {
    "match": (Text(), 'files it is for, as in .gitignore: "tests/**"'),
    "dialect": (Text(), "as lint.dialect"),
    "rules_for": (Words(), "as lint.rules_for"),
    "ignore": (Words(), "rules that do not run there"),
    "extend_select": (Words(), "rules that run there in addition"),
}

_DATABASE_MEANINGS = {
    "name": (Text(), "what it is called on the command line: @shop is the database named shop"),
    "url": (DatabaseUrl(), '"postgresql://app:${SHOP_PASSWORD}@host/shop", "env:SHOP_URL", a file of the project'),
    "write": (Flag(), "let statements write as --write does"),
    "settings": (Pairs(), 'settings of every session, after [database_settings]: "work_mem=64MB"'),
}


def _key(name: str, owner: Any, kind: Any, description: str) -> Key:
    return Key(name, kind, getattr(owner, name.rpartition(".")[2]), description)


_DEFAULTS = Settings()

#: Every setting but those of rules, in the order of the documentation.
KEYS: Final[dict[str, Key]] = {
    name: _key(name, _DEFAULTS.section(name.rpartition(".")[0]), kind, description)
    for name, (kind, description) in _MEANINGS.items()
}

#: Settings of one ``[[compare.rule]]``, by their bare names.
RULE_KEYS: Final[dict[str, Key]] = {
    name: _key(name, RuleSection(), kind, description) for name, (kind, description) in _RULE_MEANINGS.items()
}

#: Settings of one ``[[compare.waiver]]``; all but ``unit`` have to be given.
WAIVER_KEYS: Final[dict[str, Key]] = {
    name: Key(name, kind, "*" if name == "unit" else None, description, required=name != "unit")
    for name, (kind, description) in _WAIVER_MEANINGS.items()
}

#: Settings of one ``[[lint.path]]``; ``match`` has to be given.
LINT_PATH_KEYS: Final[dict[str, Key]] = {
    name: Key(
        name,
        kind,
        getattr(LintPathSection(match=""), name) if name != "match" else None,
        description,
        required=name == "match",
    )
    for name, (kind, description) in _LINT_PATH_MEANINGS.items()
}

#: Settings of one ``[[database]]``; ``name`` and ``url`` have to be given.
DATABASE_KEYS: Final[dict[str, Key]] = {
    name: Key(
        name,
        kind,
        getattr(DatabaseSection(name="", url=""), name) if name not in ("name", "url") else None,
        description,
        required=name in ("name", "url"),
    )
    for name, (kind, description) in _DATABASE_MEANINGS.items()
}

#: Settings that are lists of tables: dotted name → settings of one table.
LISTS: Final = {
    "compare.rule": RULE_KEYS,
    "compare.waiver": WAIVER_KEYS,
    "lint.path": LINT_PATH_KEYS,
    "database": DATABASE_KEYS,
}
