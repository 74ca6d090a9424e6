"""A directive of a comment with its places in a file, and these places moved to another text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.directives import Form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.sql.splitter import Buffer

NOWHERE: Final = (0, 0)


class Named(msgspec.Struct, frozen=True, array_like=True):
    """A rule as a comment names it, with its half-open byte offsets in the file."""

    text: str
    start: int
    end: int


class Suppression(msgspec.Struct, frozen=True, array_like=True):
    """A directive in a file; all offsets are bytes of the file, ranges half-open.

    ``text`` is what stands from ``start`` to ``end``. Findings that begin or end within ``rows`` are silenced, and all
    of the statement that is ``statement``. ``removal`` is what to delete to be rid of it, empty where that is not
    plain. ``fault`` says what is wrong with it; then it silences nothing.
    """

    form: Form
    text: str
    start: int
    end: int
    line: int
    column: int
    words: tuple[Named, ...] = ()
    reason: str = ""
    rows: tuple[int, int] = NOWHERE
    statement: tuple[int, int] = NOWHERE
    removal: tuple[int, int] = NOWHERE
    fault: str = ""


def moved(one: Suppression, by: int, lines: int, columns: int) -> Suppression:
    """Return ``one`` of a part of a file as it is in the file, ``by`` bytes and ``lines`` further on."""

    def further(pair: tuple[int, int]) -> tuple[int, int]:
        return pair if pair == NOWHERE else (pair[0] + by, pair[1] + by)

    return msgspec.structs.replace(
        one,
        start=one.start + by,
        end=one.end + by,
        line=one.line + lines,
        column=one.column + columns if one.line == 1 else one.column,
        words=tuple(Named(word.text, word.start + by, word.end + by) for word in one.words),
        rows=further(one.rows),
        statement=further(one.statement),
        removal=further(one.removal),
    )


def in_original(found: Iterable[Suppression], buffer: Buffer, mark: int) -> list[Suppression]:
    """Return ``found`` with the offsets of the UTF-16 file of which ``buffer`` is the translation."""
    known = list(found)
    asked: set[int] = set()
    for one in known:
        asked.update((one.start, one.end, *one.rows, *one.statement))
        asked.update(offset for word in one.words for offset in (word.start, word.end))
    original, at, begins = {}, 0, mark
    for offset in sorted(asked):
        text = bytes(buffer[at:offset]).decode("utf-8", "surrogatepass")
        begins += 2 * len(text) + 2 * sum(1 for character in text if character > "\uffff")
        at = offset
        original[offset] = begins

    def placed(pair: tuple[int, int]) -> tuple[int, int]:
        return pair if pair == NOWHERE else (original[pair[0]], original[pair[1]])

    return [
        msgspec.structs.replace(
            one,
            start=original[one.start],
            end=original[one.end],
            words=tuple(Named(word.text, original[word.start], original[word.end]) for word in one.words),
            rows=placed(one.rows),
            statement=placed(one.statement),
            # Text in UTF-16 is not changed by perftool.
            removal=NOWHERE,
        )
        for one in known
    ]
