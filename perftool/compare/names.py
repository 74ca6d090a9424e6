"""Benchmark names taken apart as Go writes them: ``Base/part/key=value-GOMAXPROCS``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def split_gomaxprocs(name: str) -> tuple[str, str]:
    """Return ``name`` without its ``-N`` ending, and the N or ""."""
    stem, dash, digits = name.rpartition("-")
    if dash and digits.isascii() and digits.isdigit():
        return stem, digits
    return name, ""


def base(name: str) -> str:
    """Return the text before the first ``/``, or without any the name minus ``-N``."""
    before, slash, _ = name.partition("/")
    return before if slash else split_gomaxprocs(name)[0]


def part(name: str, key: str) -> str:
    """Return what follows ``/key=`` in the first part that starts so, "" when there is none.

    ``key`` begins with its slash. ``/gomaxprocs`` is the ``-N`` ending if there is one.
    """
    stem, digits = split_gomaxprocs(name)
    if key == "/gomaxprocs" and digits:
        return digits
    prefix = key[1:] + "="
    for piece in stem.split("/")[1:]:
        if piece.startswith(prefix):
            return piece[len(prefix) :]
    return ""


def without(name: str, excluded: Collection[str]) -> str:
    """Return ``name`` without the parts of ``excluded`` keys; an excluded ``.name`` leaves ``*`` as base."""
    if not excluded:
        return name
    stem, digits = split_gomaxprocs(name)
    first, *pieces = stem.split("/")
    prefixes = tuple(key[1:] + "=" for key in excluded if key.startswith("/"))
    kept = ["*" if ".name" in excluded else first]
    kept += [piece for piece in pieces if not piece.startswith(prefixes)] if prefixes else pieces
    ending = f"-{digits}" if digits and "/gomaxprocs" not in excluded else ""
    return "/".join(kept) + ending
