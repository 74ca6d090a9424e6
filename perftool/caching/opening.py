"""Find the kinds of tiers and open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool import discovery
from perftool.caching.api import TIERS, TierKind

if TYPE_CHECKING:
    from perftool.caching.api import Tier, TierOptions


def kinds() -> list[TierKind]:
    """Return every kind of tier; their libraries are not imported."""
    return [kind(name) for name in discovery.names(TIERS)]


def kind(name: str) -> TierKind:
    """Return the kind of tier with this name.

    raises: UsageError naming the nearest one.
    """
    found = discovery.load(TIERS, name, "TIER", what="cache tier")
    assert isinstance(found, TierKind)
    return found


def open_tier(name: str, options: TierOptions) -> Tier:
    """Open a tier by the name of its kind.

    raises: UnavailableError where its library is missing, UsageError where an option is, TierError where the store
    cannot be had.
    """
    return kind(name).open(options)
