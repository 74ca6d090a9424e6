"""Find the stretches of a file that are SQL: all of a SQL file, some string literals of a Python file."""

from __future__ import annotations

from typing import Final

from perftool.lint.reading.region import Region

__all__ = ["Region", "regions"]

_PYTHON: Final = (".py", ".pyi", ".pyw")


def regions(data: bytes, path: str) -> tuple[Region, ...]:
    """Return the regions of the file ``data``, whose ``path`` tells its language, in order and apart.

    What is SQL but cannot be taken stands among them with its reason; a Python file that cannot be read is one region
    with the reason. cost: linear; for Python that of parsing it.
    """
    if path.lower().endswith(_PYTHON):
        from perftool.lint.reading.python import literals

        return literals(data)
    return (Region(0, len(data)),)
