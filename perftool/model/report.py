"""The report: one versioned document for every command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from perftool.model.base import Model
from perftool.model.batch import BatchPayload
from perftool.model.bench import BenchPayload
from perftool.model.comparison import ComparisonPayload
from perftool.model.diagnostic import Diagnostic
from perftool.model.doctor import DoctorPayload
from perftool.model.environment import Environment
from perftool.model.history import HistoryPayload
from perftool.model.lint import LintPayload
from perftool.model.listing import BaselinesPayload, ConfigPayload, InspectPayload, SetupPayload
from perftool.model.measurement import Measurement
from perftool.model.profile import ProfileDiffPayload, ProfilePayload
from perftool.model.profile_view import ProfileViewPayload
from perftool.model.query import QueryBatchPayload, QueryPayload, StreamPayload
from perftool.model.statements import StatementsPayload
from perftool.model.tune import TunePayload
from perftool.model.verdict import ReportWarning, Verdict

SCHEMA_VERSION: Final = "1.4"

Payload = (
    BenchPayload
    | ComparisonPayload
    | HistoryPayload
    | LintPayload
    | BatchPayload
    | ProfilePayload
    | ProfileDiffPayload
    | ProfileViewPayload
    | StatementsPayload
    | QueryPayload
    | StreamPayload
    | QueryBatchPayload
    | TunePayload
    | DoctorPayload
    | ConfigPayload
    | BaselinesPayload
    | InspectPayload
    | SetupPayload
)


class Tool(Model, frozen=True):
    """What wrote the report."""

    name: str
    version: str


class BaselineInfo(Model, frozen=True):
    """What makes a stored report a baseline: its name, who allowed it and by how much it may be exceeded.

    ``buffer`` is a fraction added to every threshold at judgement time; samples are never scaled.
    """

    name: str
    saved: str
    reason: str = ""
    buffer: float = 0.0
    forced: bool = False


class Report(Model, frozen=True):
    """Environment, raw samples, diagnostics, doubts and verdict of one run of one command.

    ``diagnostics`` may be a sequence that reads them from a file while it is walked.

    ``schema_version`` is major.minor; ``created`` is ISO 8601 in UTC; ``payload.kind`` says which command.
    """

    schema_version: str
    tool: Tool
    created: str
    environment: Environment
    payload: Payload
    verdict: Verdict
    measurements: tuple[Measurement, ...] = ()
    diagnostics: Sequence[Diagnostic] = ()
    warnings: tuple[ReportWarning, ...] = ()
    baseline: BaselineInfo | None = None

    @property
    def kind(self) -> str:
        """Return the payload's kind: bench, compare, history, lint, batch, profile, profile-diff, query, tune, …."""
        return str(self.payload.__struct_config__.tag)
