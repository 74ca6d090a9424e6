"""Tell files that a program wrote from those that people write."""

from __future__ import annotations

import re
from typing import Final

# The comments that a file begins with.
_HEAD: Final = re.compile(rb"(?:\s+|(?:--|#)[^\n]*|/\*.*?\*/|\{#.*?#\})+", re.DOTALL)
_OPENING: Final = (b"--", b"#", b"/*", b"{#")
_HEAD_LENGTH: Final = 2000
_GENERATED: Final = re.compile(
    rb"@generated\b|\b(?:auto)?generated\b.{0,200}?\b(?:do not|don't|never) (?:edit|modify|change|touch)\b"
    rb"|\b(?:do not|don't|never) (?:edit|modify|change|touch)\b.{0,200}?\b(?:auto)?generated\b",
    re.IGNORECASE | re.DOTALL,
)


def is_generated(data: bytes) -> bool:
    """Say whether the comments at the top of a file tell that a program wrote it and that nobody should edit it.

    source: the marks that linters of other languages leave files out by: "Code generated … DO NOT EDIT", "@generated".
    """
    head = data[:_HEAD_LENGTH]
    if not head.lstrip().startswith(_OPENING):
        return False
    if b"enerated" not in head and b"ENERATED" not in head:
        return False
    comments = _HEAD.match(head)
    return comments is not None and _GENERATED.search(comments[0]) is not None
