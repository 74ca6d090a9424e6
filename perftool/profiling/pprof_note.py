"""What a pprof file has no field for, kept in one of its comments, so that a capture comes back as it was."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from perftool.profiling.capture import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.profiling.capture import Capture, Function

#: pprof shows comments above every report, except those that begin with ``#``.
_MARK: Final = "#perftool:"
_VERSION: Final = 1
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class _Content(msgspec.Struct, frozen=True):
    version: int
    engine: str = ""
    default: int = 0
    facts: dict[str, str] = msgspec.field(default_factory=dict)
    doubts: tuple[tuple[str, str], ...] = ()
    #: (place in the table of functions, key, index of the kind, code) for each that is more than a plain function
    functions: tuple[tuple[int, int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """The note of a file as read; ``doubts`` and ``facts`` as a capture has them."""

    engine: str = ""
    default: int | None = None
    facts: dict[str, str] = field(default_factory=dict)
    doubts: tuple[tuple[str, str], ...] = ()
    functions: tuple[tuple[int, int, int, str], ...] = ()

    def completed(self, functions: list[Function]) -> list[Function]:
        """Return the functions of the file with the kinds and digests that were noted.

        They are found by their place, and where a tool has renumbered them by name, file and line; what could mean
        two functions is left as it is.
        """
        if not self.functions:
            return functions
        keys = [_key(one) for one in functions]
        known: dict[int, set[tuple[int, str]]] = {}
        for _, key, kind, code in self.functions:
            known.setdefault(key, set()).add((kind, code))
        noted = {key: next(iter(said)) for key, said in known.items() if len(said) == 1}
        at_place = {(at, key): (kind, code) for at, key, kind, code in self.functions}
        out: list[Function] = []
        in_place = all(0 <= at < len(keys) and keys[at] == key for at, key, _, _ in self.functions)
        for at, (one, key) in enumerate(zip(functions, keys, strict=True)):
            said = at_place.get((at, key)) if in_place else noted.get(key)
            if said is not None and 0 <= said[0] < len(_KINDS):
                out.append(one._replace(kind=_KINDS[said[0]], code=said[1]))
            else:
                out.append(one)
        return out


def comments(capture: Capture, functions: Iterable[Function]) -> list[str]:
    """Return the comments of a file with these functions: the note, and each doubt as a line that pprof shows."""
    plain: dict[str, Any] = {
        "version": _VERSION,
        "engine": capture.engine,
        "default": capture.default,
        "facts": dict(sorted(capture.facts.items())),
        "doubts": capture.doubts,
        "functions": [
            (at, _key(one), _KINDS.index(one.kind), one.code)
            for at, one in enumerate(functions)
            if one.code or one.kind != "python"
        ],
    }
    said = [f"Doubt: {' '.join(message.split())}" for _, message in capture.doubts]
    return [_MARK + json.dumps(plain, separators=(",", ":")), *said]


def note_in(comments: Iterable[str]) -> Note | None:
    """Return the note among the comments of a file; None where there is none that this version can read.

    Of the notes of several files, merged by a tool, engine and default are those of the first; facts are not kept,
    because they tell of one run.
    """
    found = [content for content in map(_content, comments) if content is not None]
    if not found:
        return None
    first = found[0]
    several = len(found) > 1
    # Places of different files mean different functions: then only the keys can find them.
    places = (-1 if several else at for one in found for at, _, _, _ in one.functions)
    noted = (row for one in found for row in one.functions)
    return Note(
        engine=first.engine,
        default=first.default,
        facts={} if several else first.facts,
        doubts=tuple(dict.fromkeys(doubt for one in found for doubt in one.doubts)),
        functions=tuple((at, *row[1:]) for at, row in zip(places, noted, strict=True)),
    )


def _content(comment: str) -> _Content | None:
    if not comment.startswith(_MARK):
        return None
    try:
        # json takes the names of files that are no Unicode, msgspec does not.
        content = msgspec.convert(json.loads(comment.removeprefix(_MARK)), _Content)
    except (ValueError, RecursionError):
        return None
    return content if content.version == _VERSION else None


def _key(function: Function) -> int:
    text = f"{function.name}\0{function.file}\0{function.start_line}"
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))
