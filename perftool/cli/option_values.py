"""Values of options that are texts on the command line and numbers in the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.errors import UsageError

if TYPE_CHECKING:
    from perftool.config.kinds import Duration, Fraction


def read(option: str, value: str, kind: Fraction | Duration) -> float:
    """Return what ``value`` of ``option`` means.

    raises: UsageError that says what it should look like.
    """
    try:
        return float(kind.read(value))
    except ValueError as error:
        raise UsageError(f"{option} {value}: not {error}") from error
