"""The payload of ``perftool tune``: settings that were tried side by side, and which one won."""

from __future__ import annotations

from perftool.model.base import Model


class Candidate(Model, frozen=True):
    """One set of settings, judged against the first one, which is what is in use now.

    ``ratio`` is its time divided by that of the first, with the bounds ``lo`` and ``hi`` of its confidence interval;
    None where it could not be measured, and ``reason`` says why. ``facts`` are other figures of it by unit
    (``gc-sec/op``, ``gc-max-sec``, ``peak-RSS-B``).
    """

    name: str
    settings: dict[str, str]
    ratio: float | None = None
    lo: float | None = None
    hi: float | None = None
    p: float | None = None
    facts: dict[str, float] = {}
    reason: str = ""


class TunePayload(Model, frozen=True, tag_field="kind", tag="tune"):
    """What was tried for ``subject`` on ``target``.

    ``winner`` is the name of the candidate to use, the first one where no other is surely better. ``written`` is the
    profile that holds it, relative to the project, "" where none was written.
    """

    subject: str
    target: str
    candidates: tuple[Candidate, ...]
    winner: str
    confidence: float
    written: str = ""
    why: str = ""
