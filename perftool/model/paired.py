"""Two states of the code measured in turn: what ``perftool bench --vs`` adds to a comparison."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model
from perftool.model.bench import BenchCase, BenchSettings, SkippedCase
from perftool.model.environment import Environment
from perftool.model.measurement import Measurement
from perftool.model.profile import CaptureReference

SideName = Literal["base", "now"]


class Side(Model, frozen=True):
    """One of the two states of the code.

    ``label`` is what the user called it (``HEAD~1``, ``working tree``); ``setup`` the command that built it, "" where
    its code was found on the import path; ``setup_s`` the seconds that took, None where a cached environment was
    used or nothing was built; ``dependencies`` a digest of the files that declare them; ``overlaid`` the files that it
    took from the working tree instead of its own.
    """

    name: SideName
    label: str
    environment: Environment
    setup: str = ""
    setup_s: float | None = None
    dependencies: str = ""
    overlaid: tuple[str, ...] = ()


class LostCase(Model, frozen=True):
    """A case that one side measured and the other, ``side``, could not, and why."""

    suite: str
    case: str
    side: SideName
    reason: str
    parameters: dict[str, str] = {}


class Look(Model, frozen=True):
    """An interim analysis after ``blocks`` blocks, at the two-sided level ``alpha``; ``decided`` of ``rows``."""

    blocks: int
    alpha: float
    decided: int
    rows: int


class Stopping(Model, frozen=True):
    """When the run ended and why.

    A fixed run ends after the ``planned`` blocks; an adaptive one at the first of its planned ``looks`` at which
    every gating row is decided. ``budget_s`` is the limit of time that was given.
    """

    rule: Literal["fixed", "adaptive"]
    planned: int
    done: int
    reason: Literal["planned", "decided", "budget", "interrupted"]
    budget_s: float | None = None
    looks: tuple[Look, ...] = ()


class PairedRun(Model, frozen=True):
    """How both sides were measured: block i of either side was taken together, so that values are pairs.

    ``skipped`` are cases that neither side measured. Of the ``modules`` that the benchmarks imported, ``changed`` are
    those whose files differ between the sides. ``yardstick`` are readings of the fixed kernel on either side, as in
    ``BenchPayload``. ``captures`` are profiles of both sides.
    """

    settings: BenchSettings
    sides: tuple[Side, Side]
    cases: tuple[BenchCase, ...]
    stopping: Stopping
    lost: tuple[LostCase, ...] = ()
    skipped: tuple[SkippedCase, ...] = ()
    modules: int = 0
    changed: tuple[str, ...] = ()
    duration_s: float = 0.0
    complete: bool = True
    yardstick: tuple[Measurement, ...] = ()
    captures: tuple[CaptureReference, ...] = ()
