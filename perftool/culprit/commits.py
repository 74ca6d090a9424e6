"""The commits that touched a function between two states of the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.culprit.definitions import parsed
from perftool.errors import InputError
from perftool.model.profile import Commit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perftool.culprit.definitions import Source

    # Runs git with these words and returns what it prints; raises InputError.
    Ask = Callable[..., str]

_FIELD: Final = "\x1f"
_FORMAT: Final = f"--format=%h{_FIELD}%cs{_FIELD}%s"
_MOST: Final = 5
UNCOMMITTED: Final = Commit(id="", subject="not committed yet")


def touching(
    ask: Ask,
    base: str,
    head: str,
    file: str,
    name: str,
    *,
    uses: Iterable[str] = (),
    decorated: bool = False,
    text: str | None = None,
) -> tuple[Commit, ...]:
    """Return the commits after ``base`` up to ``head`` that touched a function, the newest first, at most five.

    ``name`` is its qualified name in ``file``, "" for all of the file; ``uses`` are names of its module that count as
    a part of it; with ``decorated`` what stood right above it does too. ``text`` is the file as it was measured, None
    where that is what ``head`` has: what differs in the function is not committed yet.
    """
    committed = _asked(ask, "show", f"{head}:{file}")
    found: list[Commit] = []
    if text is not None and _part(text, name, uses) != _part(committed or "", name, uses):
        found.append(UNCOMMITTED)
    if committed is None:
        return tuple(found)
    words = _lines(committed, name, uses, file, decorated=decorated)
    if words is None:
        # It is not there any more: whoever removed it wrote its definition last.
        last = name.rpartition(".")[2]
        words = [f"-Gdef {last}\\b", "--extended-regexp", "--", file]
    told = _asked(ask, "log", "-s", _FORMAT, f"--max-count={_MOST}", f"{base}..{head}", *words)
    for line in (told or "").splitlines():
        fields = line.split(_FIELD)
        if len(fields) == 3:
            found.append(Commit(id=fields[0], date=fields[1], subject=fields[2]))
    return tuple(dict.fromkeys(found))[:_MOST]


def _lines(text: str, name: str, uses: Iterable[str], file: str, *, decorated: bool) -> list[str] | None:
    """Return the words that limit ``git log`` to a function and what it uses; None when it is not in ``text``."""
    if not name:
        return ["--", file]
    source = parsed(text)
    ranges = _ranges(source, name, uses) if source is not None else []
    if decorated and ranges and ranges[0][0] > 1:
        ranges[0] = ranges[0][0] - 1, ranges[0][1]  # a decorator that was removed leaves no line of its own
    return [f"-L{first},{last}:{file}" for first, last in ranges] or None


def _ranges(source: Source, name: str, uses: Iterable[str]) -> list[tuple[int, int]]:
    definition = source.functions.get(name)
    if definition is None:
        return []
    constants = (source.lines.get(one) or source.lines.get(f"{definition.owner}.{one}") for one in sorted(uses))
    return [(definition.first, definition.last), *(one for one in constants if one is not None)]


def _part(text: str, name: str, uses: Iterable[str]) -> Sequence[str]:
    """Return the lines of a function and of what it uses."""
    lines = text.splitlines()
    if not name:
        return lines
    source = parsed(text)
    ranges = _ranges(source, name, uses) if source is not None else []
    return [line for first, last in ranges for line in lines[first - 1 : last]]


def _asked(ask: Ask, *words: str) -> str | None:
    try:
        return ask(*words)
    except InputError:
        return None
