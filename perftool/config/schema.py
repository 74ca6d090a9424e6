"""Every setting: name, type, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.config.kinds import Choice, Duration, Flag, Fraction, Integer, Size, Text, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.config.kinds import Kind


def _as(kind: Kind, description: str) -> dict[str, object]:
    return {"kind": kind, "description": description}


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchSection:
    """How ``perftool bench`` measures; durations in seconds, sizes in bytes."""

    suites: tuple[str, ...] = field(
        default=(), metadata=_as(Words(), "what to measure when no target is given; empty: the built-in default suites")
    )
    blocks: int = field(
        default=12,
        metadata=_as(Integer(1, 10_000), "blocks per case; a block is a fresh process with its own memory layout"),
    )
    samples: int = field(default=3, metadata=_as(Integer(1, 10_000), "samples of every case in a block"))
    min_time: float = field(
        default=0.02, metadata=_as(Duration(1e-5), "shortest time of a sample; the number of operations follows")
    )
    gc: str = field(
        default="default",
        metadata=_as(
            Choice(("default", "freeze", "disable")), "garbage collection while measuring; default leaves it as it is"
        ),
    )
    mem: bool = field(
        default=False, metadata=_as(Flag(), "measure bytes and allocations per operation in a pass of their own")
    )
    latency: bool = field(
        default=True, metadata=_as(Flag(), "measure p50, p90, p99 and max of single operations in a pass of their own")
    )
    seed: int = field(default=7, metadata=_as(Integer(0), "seed of the order of samples and of hash seeds"))
    timeout: float = field(default=60.0, metadata=_as(Duration(0.01), "longest time of a sample before it is given up"))
    filter: str = field(default="", metadata=_as(Text(), "regular expression that names of cases must match"))
    stage: str = field(
        default="parse",
        metadata=_as(Choice(("tokenize", "parse", "fingerprint", "format", "optimize")), "what is done to SQL targets"),
    )
    dialect: str = field(default="", metadata=_as(Text(), "SQL dialect of SQL targets; empty: sqlglot's own"))
    max_statement: int = field(
        default=1 << 20, metadata=_as(Size(), "SQL statements above this size are reported, not analysed")
    )
    warmup: int = field(default=0, metadata=_as(Integer(0, 1000), "runs of a --command before the measured ones"))
    python: str = field(default="", metadata=_as(Text(), "interpreter to measure in; empty: perftool's own"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSection:
    """How ``perftool compare`` judges; thresholds are fractions."""

    alpha: float = field(
        default=0.05, metadata=_as(Fraction(open_ends=True), "a change with a p-value below this is significant")
    )
    confidence: float = field(
        default=0.95, metadata=_as(Fraction(open_ends=True), "confidence of the intervals that are shown")
    )
    fail: float = field(
        default=0.20, metadata=_as(Fraction(), "a significant loss whose whole interval is above this fails")
    )
    warn: float = field(
        default=0.10, metadata=_as(Fraction(), "a significant loss whose whole interval is above this warns")
    )
    min_effect: float = field(default=0.0, metadata=_as(Fraction(), "changes below this count as none"))
    exact_fail: float = field(
        default=0.005, metadata=_as(Fraction(), "loss that fails where a measurement is exact (allocations)")
    )
    strict: bool = field(default=False, metadata=_as(Flag(), "fail when a row could not be decided"))
    fail_on_missing: bool = field(
        default=False, metadata=_as(Flag(), "fail when a benchmark of the baseline is missing now")
    )
    fail_on_new: bool = field(default=False, metadata=_as(Flag(), "fail when a benchmark is not in the baseline"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSection:
    """A ``[[compare.rule]]``: thresholds of the rows that it matches; None leaves the general one. First match wins."""

    match: str = field(default="*", metadata=_as(Text(), 'names it is for, with * and ?: "sql-parse/CTE*"'))
    unit: str = field(default="*", metadata=_as(Text(), 'units it is for, with * and ?: "B/op"'))
    fail: float | None = field(default=None, metadata=_as(Fraction(), "as compare.fail"))
    warn: float | None = field(default=None, metadata=_as(Fraction(), "as compare.warn"))
    min_effect: float | None = field(default=None, metadata=_as(Fraction(), "as compare.min_effect"))
    exact_fail: float | None = field(default=None, metadata=_as(Fraction(), "as compare.exact_fail"))
    gate: bool | None = field(default=None, metadata=_as(Flag(), "whether the row may fail at all"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """Where reports go."""

    folder: str = field(
        default=".perftool/reports", metadata=_as(Text(), "folder of the reports, relative to the project")
    )
    keep: int = field(default=0, metadata=_as(Integer(0), "reports kept in the folder, newest first; 0: all"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSection:
    """Where baselines are and how much they may be exceeded."""

    folder: str = field(default="baselines", metadata=_as(Text(), "folder of the baselines, relative to the project"))
    buffer: float = field(
        default=0.0, metadata=_as(Fraction(), "added to every threshold when judging against a new baseline")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All effective settings and where each came from.

    ``root`` is the project folder that relative folders start from; ``files`` are the configuration files read;
    ``origins`` maps dotted names to ``perftool.toml:4``, ``PERFTOOL_BENCH_BLOCKS``, ``profile ci``, ``command
    line`` or ``default``.
    """

    label: str = field(
        default="",
        metadata=_as(Text(), 'name of this environment such as "ci-linux-x64"; empty: made up from the system'),
    )
    profile: str = field(default="", metadata=_as(Text(), "named set of settings to start from"))
    bench: BenchSection = BenchSection()
    compare: CompareSection = CompareSection()
    rules: tuple[RuleSection, ...] = ()
    baseline: BaselineSection = BaselineSection()
    report: ReportSection = ReportSection()
    root: Path = field(default_factory=Path)
    files: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """Say where the setting with the dotted ``name`` came from."""
        return self.origins.get(name, "default")

    @property
    def report_folder(self) -> Path:
        """Return the folder of the reports."""
        return self.root / self.report.folder

    @property
    def baseline_folder(self) -> Path:
        """Return the folder of the baselines."""
        return self.root / self.baseline.folder


@dataclass(frozen=True, slots=True)
class Key:
    """One setting by its dotted name."""

    name: str
    kind: Any
    default: object
    description: str

    @property
    def variable(self) -> str:
        """Return the environment variable that sets it."""
        return "PERFTOOL_" + self.name.upper().replace(".", "_")


SECTIONS: Final = {
    "bench": BenchSection,
    "compare": CompareSection,
    "baseline": BaselineSection,
    "report": ReportSection,
}


def _keys(section: Any, prefix: str) -> list[Key]:
    return [
        Key(prefix + f.name, f.metadata["kind"], f.default, f.metadata["description"])
        for f in fields(section)
        if "kind" in f.metadata
    ]


#: Every setting but those of rules, in the order of the documentation.
KEYS: Final[dict[str, Key]] = {
    key.name: key
    for key in [
        *_keys(Settings, ""),
        *(key for name, section in SECTIONS.items() for key in _keys(section, f"{name}.")),
    ]
}

#: Settings of one ``[[compare.rule]]``, by their bare names.
RULE_KEYS: Final[dict[str, Key]] = {key.name: key for key in _keys(RuleSection, "")}
