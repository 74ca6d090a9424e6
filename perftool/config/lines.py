"""Find the line of each key in a TOML file, which tomllib does not tell."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[(\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-\.\"' ]+?)\s*=")
_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*$')


def locate(text: str) -> dict[str, int]:
    """Return dotted key → 1-based line; the n-th ``[[table]]`` counts as ``table[n]`` from 0.

    Meant for people: a key written in a way it does not see (inside an inline table) is simply not in the result.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix, depth, fence = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            fence = "" if fence in line else fence
            continue
        header = _HEADER.match(line) if depth == 0 else None
        if header:
            name = _bare(header[2])
            if header[1]:
                counts[name] = counts.get(name, -1) + 1
                name = f"{name}[{counts[name]}]"
            prefix = name + "."
            found.setdefault(name, number)
            continue
        key = _KEY.match(line) if depth == 0 else None
        if key:
            found.setdefault(prefix + _bare(key[1]), number)
        fence = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
        code = _STRINGS.sub("", line)
        depth = max(0, depth + code.count("[") - code.count("]") + code.count("{") - code.count("}"))
    return found


def _bare(dotted: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in dotted.split("."))
