"""Small payloads: effective configuration, stored baselines, inspected SQL, files written."""

from __future__ import annotations

from perftool.model.base import Model
from perftool.model.environment import Source


class ConfigValue(Model, frozen=True):
    """One setting: its dotted name, its value as TOML text, and where the value came from."""

    name: str
    value: str
    origin: str
    description: str = ""


class ConfigPayload(Model, frozen=True, tag_field="kind", tag="config"):
    """Every effective setting."""

    values: tuple[ConfigValue, ...]
    files: tuple[str, ...] = ()


class BaselineEntry(Model, frozen=True):
    """What is known of one stored baseline without its samples."""

    name: str
    environment_label: str
    created: str
    source: Source | None
    cases: int
    measurements: int
    buffer: float = 0.0
    reason: str = ""
    path: str = ""


class BaselinesPayload(Model, frozen=True, tag_field="kind", tag="baselines"):
    """The stored baselines, newest first; ``action`` says what was just done, if anything."""

    entries: tuple[BaselineEntry, ...]
    action: str = ""


class InspectedStatement(Model, frozen=True):
    """One statement of a SQL file: its place, its type, its digest, and what it uses.

    ``start`` and ``end`` are half-open byte offsets in the file. ``error`` says why it was not analysed.
    """

    path: str
    start: int
    end: int
    line: int
    kind: str
    digest: str | None
    fingerprint: str | None = None
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    tokens: int | None = None
    error: str | None = None


class InspectPayload(Model, frozen=True, tag_field="kind", tag="inspect"):
    """The statements of one or more SQL files."""

    dialect: str
    statements: tuple[InspectedStatement, ...]
    files: int


class WrittenFile(Model, frozen=True):
    """A file that a command wrote or left alone: ``state`` is created, extended, kept or replaced."""

    path: str
    state: str
    description: str = ""


class SetupPayload(Model, frozen=True, tag_field="kind", tag="setup"):
    """What ``perftool init`` did."""

    files: tuple[WrittenFile, ...]
