"""The parts of the flame graph's page: one style sheet, one body, and the script in the order it is put together."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Final

#: Each may use what stands before it.
SCRIPTS: Final = (
    "model.js",
    "words.js",
    "drawing.js",
    "table.js",
    "figures.js",
    "around.js",
    "address.js",
    "controls.js",
    "page.js",
)


@functools.cache
def part(name: str) -> str:
    """Return one file of this folder."""
    return resources.files(__name__).joinpath(name).read_text("utf-8")


@functools.cache
def script() -> str:
    """Return the whole script, which leaves no names behind."""
    return '"use strict";(() => {\n' + "\n".join(part(name) for name in SCRIPTS) + "\n})();"
