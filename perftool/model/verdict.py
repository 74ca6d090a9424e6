"""Verdicts and doubts: the part of a report that a gate reads and a person reads aloud."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model

Outcome = Literal["pass", "warn", "fail", "inconclusive"]


class Verdict(Model, frozen=True):
    """What a run concludes, made in the domain and never in a renderer.

    ``headline`` is one line that can be read aloud; ``reasons`` are the lines behind it, worst first.
    ``undecidable`` says that no gating row could be decided at all (exit code 3).
    """

    outcome: Outcome
    headline: str
    reasons: tuple[str, ...] = ()
    undecidable: bool = False


class ReportWarning(Model, frozen=True):
    """A doubt about a number, carried with it and shown as a footnote.

    ``code`` is stable kebab-case (``load-high``); ``subject`` is what is doubted (a case, a file), or "".
    """

    code: str
    message: str
    subject: str = ""
