"""What the command line of ``perftool lint`` asks for beside settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Request:
    """See the options of the same names."""

    paths: tuple[str, ...] = ()
    stdin_name: str | None = None
    force_exclude: bool = False
    changed: str | None = None
    save_baseline: bool = False
    fix: bool = False
    unsafe: bool = False
    diff: bool = False
    statistics: bool = False
    timing: bool = False
    show_skipped: bool = False
