"""Everything wrong with a configuration, told at once."""

from __future__ import annotations

from perftool.errors import UsageError


class ConfigurationError(UsageError):
    """One or more wrong settings: ``message`` is the first, ``more`` are the others, a line each."""

    def __init__(self, problems: list[str], *, hint: str | None = None) -> None:
        super().__init__(problems[0], hint=hint)
        self.more = tuple(problems[1:])


def nearest(name: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``: did you mean X?`` with the name closest to ``name``, or "" when none is close."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return f": did you mean {close[0]}?" if close else ""
