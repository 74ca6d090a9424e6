"""Tables that hold few rows whatever the project is: their names tell."""

from __future__ import annotations

import re
from typing import Final

_SETTINGS: Final = "config|configuration|settings?|singleton"
_PARAMETERS: Final = "parameters?|params?"
_VERSIONS: Final = "versions?"
#: Where these stand before it, there is one for the whole installation, and not one for each user or document.
_WHOLE: Final = "app|application|cluster|database|db|global|instance|migration|schema|server|site|sys|system"

_OF_SETTINGS: Final = re.compile(rf"(?:^|_)(?:{_SETTINGS}|{_PARAMETERS})$", re.IGNORECASE)
_OF_SETTINGS_OR_VERSIONS: Final = re.compile(rf"(?:^|_)(?:{_SETTINGS}|{_VERSIONS})$", re.IGNORECASE)
_FEW: Final = re.compile(
    rf"(?:(?:{_WHOLE})_)*(?:{_SETTINGS}|{_VERSIONS})|(?:.*_)?(?:allow|block|deny|white|black)_?lists?", re.IGNORECASE
)
_FIXED: Final = re.compile(
    r"^(?:d|dim|lu|lookup|ref)_|(?:^|_)(?:types?|kinds?|status|statuse?s|countr(?:y|ies)|currenc(?:y|ies)|languages?"
    r"|locales?|dialects?|namespaces?|lookups?)$",
    re.IGNORECASE,
)


def holds_settings(name: str) -> bool:
    """Say whether a table is one of settings, of which a query reads one row: app_settings, run_parameters."""
    return _OF_SETTINGS.search(name) is not None


def holds_settings_or_version(name: str) -> bool:
    """Say whether a table holds settings or the version of something: schema_version, app_settings."""
    return _OF_SETTINGS_OR_VERSIONS.search(name) is not None


def holds_few_rows(name: str) -> bool:
    """Say whether a table is read through in no time: settings of the whole installation, lists of who may come in.

    Settings of each user and versions of each document are as many as those.
    """
    return _FEW.fullmatch(name) is not None


def holds_fixed_values(name: str) -> bool:
    """Say whether a table lists the values of something, from which nobody deletes: types, statuses, languages."""
    return _FIXED.search(name) is not None
