"""The payload of ``perftool doctor``: what this machine can do, tried for real."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model


class Check(Model, frozen=True):
    """One thing that was tried.

    ``state`` is "ok", "limited" (works, but not all of it), "missing" (not installed) or "failed" (there, but it does
    not work here). ``detail`` says what was seen, ``enables`` what it is for, ``fix`` what to do about it.
    """

    name: str
    state: Literal["ok", "limited", "missing", "failed"]
    detail: str
    enables: str = ""
    fix: str = ""


class DoctorPayload(Model, frozen=True, tag_field="kind", tag="doctor"):
    """Everything that was tried for one topic."""

    topic: str
    checks: tuple[Check, ...]
