"""Bring reports of older major versions up to the current one, one step at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.errors import InputError
from perftool.model.report import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Step = Callable[[dict[str, Any]], dict[str, Any]]

#: From a major version to the function that turns its decoded JSON into that of the next major version. Version 1
#: is the first that was published, so there is nothing to upgrade from yet.
STEPS: Mapping[int, Step] = {}


def parse(version: str, *, name: str) -> tuple[int, int]:
    """Return (major, minor) of ``version``.

    raises: InputError naming the file ``name`` when it is not two numbers joined by a dot.
    """
    major, dot, minor = version.partition(".")
    if not (dot and major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        raise InputError(
            f"{name}: schema_version {version[:40]!r} is not a version like {SCHEMA_VERSION!r}",
            hint="the file is damaged or was written by another program",
        )
    return int(major), int(minor)


def upgrade(
    document: dict[str, Any],
    *,
    major: int,
    name: str,
    target: int | None = None,
    steps: Mapping[int, Step] | None = None,
) -> dict[str, Any]:
    """Return ``document`` of version ``major`` in the shape of version ``target`` (default: the current major).

    raises: InputError when the version is newer, or so old that a step is missing.
    """
    goal = parse(SCHEMA_VERSION, name="perftool")[0] if target is None else target
    known = STEPS if steps is None else steps
    if major > goal:
        raise InputError(
            f"{name}: report version {document.get('schema_version')} is newer than this perftool reads ({goal}.x)",
            hint="pip install --upgrade perftool",
        )
    while major < goal:
        step = known.get(major)
        if step is None:
            raise InputError(
                f"{name}: report version {document.get('schema_version')} is too old to be upgraded",
                hint="measure again with this version: perftool bench",
            )
        try:
            document = step(document)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise InputError(
                f"{name}: not a valid report of version {major}: {error!r}",
                hint="measure again with this version: perftool bench",
            ) from error
        major += 1
    return document
