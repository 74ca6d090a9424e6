"""What a run of the linter is told beside its files and its rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from perftool.sql.actions import AnyAction

Schema: TypeAlias = "Callable[[str], Iterable[tuple[AnyAction, ...]]]"
"""Given a dialect, what each statement of the schema file does."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run may take: bytes of one statement; ``runner`` is what is known of the migration runner."""

    max_statement: int = 1 << 20
    runner: Mapping[str, str] = field(default_factory=dict)
    partitions: Mapping[str, str] = field(default_factory=dict)
