"""What the options before the subcommand said, for the command that runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.config.schema import Settings


@dataclass(slots=True)
class Session:
    """Global options: ``config`` names a configuration file, ``debug`` asks for tracebacks."""

    config: Path | None = None
    debug: bool = False


def current() -> Session:
    """Return the session of the running command; a fresh one outside of any."""
    from typer._click.globals import get_current_context

    context = get_current_context(silent=True)
    found = context.find_root().obj if context is not None else None
    return found if isinstance(found, Session) else Session()


def settings(flags: Mapping[str, Any] | None = None, *, profile: str | None = None) -> Settings:
    """Load the configuration for the running command: its ``flags`` win over environment, files, profile, defaults.

    ``flags`` maps dotted names ("bench.blocks") to values as the command line gave them; None means not given.
    """
    import os

    from perftool.config.sources import load

    return load(Path.cwd(), environment=os.environ, flags=flags or {}, file=current().config, profile=profile)
