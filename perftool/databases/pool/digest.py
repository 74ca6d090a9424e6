"""By which pools of equal settings are known."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from perftool.model.database import PoolSettings


def digest(settings: PoolSettings) -> str:
    """Return a digest of the settings, the same in every process."""
    return hashlib.sha256(msgspec.json.encode(settings)).hexdigest()[:12]
