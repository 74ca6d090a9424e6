"""The payload of ``perftool compare``: columns of samples, rows of judged changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from perftool.model.base import Model
from perftool.model.environment import Environment, Source
from perftool.model.measurement import Better
from perftool.model.paired import PairedRun
from perftool.model.profile import Explanation
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    Values = Sequence[float]
else:
    # What JSON has is checked and held as a tuple; a comparison of its own holds packed arrays, a quarter as large.
    Values = tuple[float, ...]

Direction = Literal["better", "worse", "same", "unknown"]
RowOutcome = Literal["pass", "warn", "fail", "inconclusive", "info"]


class Summary(Model, frozen=True, gc=False):
    """Centre of a cell with its interval; a bound of None means the sample is too small to give one."""

    center: float
    lo: float | None
    hi: float | None
    n: int
    warnings: tuple[str, ...] = ()


class Gate(Model, frozen=True):
    """The thresholds a row was judged by, as fractions (0.2 is 20 %), and where they came from."""

    fail: float
    warn: float
    minimum_effect: float = 0.0
    origin: str = "default"


class Change(Model, frozen=True, gc=False):
    """The change of a cell against its row's baseline cell.

    ``ratio`` is new/old - 1 of the centres, None when the old centre is 0 and the new is not. ``estimate``,
    ``lo`` and ``hi`` are the same fraction as estimated by inverting the test (Hodges-Lehmann and its interval).
    ``test`` names the method (``mann-whitney-exact``, ``mann-whitney-normal``, ``signed-rank-exact``, ``exact``,
    ``none``); ``statistic`` is U or W. ``needed`` is the estimated number of blocks a side that would decide an
    undecided row. ``reason`` says why the outcome is what it is. ``p_adjusted`` is p after control for the number of
    rows, where that was asked for: it decides ``significant``. ``waived`` is the reason of the waiver that the row
    falls under: a warning in place of a failure, unless the loss is over its ceiling.
    """

    ratio: float | None
    estimate: float | None
    lo: float | None
    hi: float | None
    p: float | None
    statistic: float | None
    test: str
    n_old: int
    n_new: int
    significant: bool
    direction: Direction
    outcome: RowOutcome
    reason: str = ""
    needed: int | None = None
    gate: Gate | None = None
    warnings: tuple[str, ...] = ()
    p_adjusted: float | None = None
    waived: str = ""


class Cell(Model, frozen=True, gc=False):
    """One column's samples of one row. ``values`` are what the test saw: one per block, in the order taken.

    ``samples`` is the number of raw samples behind them. ``residue`` names the fields in which the pooled
    results differ (over-aggregation).
    """

    summary: Summary
    values: Values
    samples: int
    change: Change | None = None
    residue: tuple[str, ...] = ()


class Row(Model, frozen=True, gc=False):
    """One benchmark in one table: a cell per column of the comparison, None where it has no samples.

    ``key`` are the values of the row fields, in the order of the table's ``row_fields``.
    """

    key: tuple[str, ...]
    cells: tuple[Cell | None, ...]
    gates: bool = True
    exact: bool = False

    @property
    def label(self) -> str:
        """Return the non-empty key values joined by a space."""
        return " ".join(v for v in self.key if v)


class Geomean(Model, frozen=True):
    """Geometric mean of a column's centres and of its ratios over matched rows; None where undefined."""

    center: float | None
    ratio: float | None
    warnings: tuple[str, ...] = ()


class Table(Model, frozen=True):
    """All rows of one unit and one table key.

    ``key`` are (field, value) pairs of the table projection; ``columns`` index into the payload's columns, those
    that have samples here, the first of them the baseline of this table.
    """

    key: tuple[tuple[str, str], ...]
    unit: str
    better: Better
    assume_exact: bool
    columns: tuple[int, ...]
    rows: tuple[Row, ...]
    geomeans: tuple[Geomean | None, ...]


class Column(Model, frozen=True):
    """One column: values of the column fields in order, and what its inputs said about themselves."""

    key: tuple[str, ...]
    sources: tuple[str, ...] = ()
    environment: Environment | None = None
    created: str | None = None

    @property
    def label(self) -> str:
        """Return the non-empty key values joined by a space."""
        return " ".join(v for v in self.key if v)


class Unmatched(Model, frozen=True):
    """A benchmark present on one side only; ``column`` is the label of the column where it is missing.

    ``reason`` is why it could not be measured there, where that was tried.
    """

    name: str
    unit: str
    state: Literal["missing", "new"]
    column: str
    reason: str = ""


class BaselineReference(Model, frozen=True):
    """The stored baseline that a comparison was made against."""

    name: str
    environment_label: str
    created: str
    source: Source | None
    same_environment: bool
    buffer: float = 0.0


class ComparisonPayload(Model, frozen=True, tag_field="kind", tag="compare"):
    """Two or more columns of results, judged.

    ``paired`` says that the i-th values of the cells of a row belong together; ``correction`` how p-values were
    adjusted for the number of rows; ``normalized`` that times are multiples of the calibration kernel's time; ``run``
    how both columns were measured, when one run measured them in turn; ``explanations`` say which functions account for
    rows that fail or warn, where that was asked for.
    """

    columns: tuple[Column, ...]
    row_fields: tuple[str, ...]
    column_fields: tuple[str, ...]
    tables: tuple[Table, ...]
    alpha: float
    confidence: float
    unmatched: tuple[Unmatched, ...] = ()
    syntax_messages: tuple[str, ...] = ()
    notes: tuple[ReportWarning, ...] = ()
    baseline: BaselineReference | None = None
    paired: bool = False
    correction: Literal["", "holm", "bh"] = ""
    normalized: bool = False
    run: PairedRun | None = None
    explanations: tuple[Explanation, ...] = ()
