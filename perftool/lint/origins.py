"""Show what is found in a text that dbt made where it comes from: in the model that people edit.

What was copied is shown where it stands in the model; what a tag rendered, at the tag, with the line of the compiled
file; what dbt wrote before the model of other models is theirs and is told there.
"""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from perftool.lint.problems import PROBLEMS
from perftool.lint.reading.alignment import Alignment, align
from perftool.lint.reading.dbt import injected
from perftool.model.diagnostic import Diagnostic, Fix, Span, TextEdit
from perftool.sql.positions import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FAST: Final = 1


class Origin(msgspec.Struct, frozen=True, array_like=True):
    """Both texts of a model, compressed; ``name`` is what the compiled file is called.

    ``statements`` are those of the model as its template is read: bytes, and the digest that their findings go by.
    """

    model: bytes
    made: bytes
    name: str
    statements: tuple[tuple[int, int, str], ...] = ()


def origin_of(model: bytes, made: bytes, name: str, statements: Iterable[tuple[int, int, str]]) -> Origin:
    """Return what ``placed_back`` needs to know of a model."""
    return Origin(zlib.compress(model, _FAST), zlib.compress(made, _FAST), name, tuple(statements))


def placed_back(found: Sequence[Diagnostic], origin: Origin, dialect: str) -> list[Diagnostic]:
    """Return findings in the compiled text as findings in the model, in the order of the model's text.

    They go by the digest of the model's statement, as they would without a compiled text. Edits stay where what they
    replace stands in the model letter by letter. Of findings of one rule at one tag the first one stays.
    cost: an alignment of both texts where anything was found.
    """
    return _Placing(origin, dialect).all(found) if found else []


class _Target(NamedTuple):
    """Where a finding goes, and whether the text there was copied."""

    start: int
    end: int
    exact: bool


class _Placing:
    def __init__(self, origin: Origin, dialect: str) -> None:
        self.origin = origin
        self.model = zlib.decompress(origin.model)
        self.made = zlib.decompress(origin.made)
        self.foreign = _foreign(self.made, dialect)
        start, end = self.foreign
        self.alignment: Alignment = align(self.model, self.made[:start] + self.made[end:])
        self.places = Places(self.model)

    def all(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        kept: list[tuple[Diagnostic, _Target]] = []
        more: Counter[tuple[str, int, int]] = Counter()
        for one in found:
            target = self._target(one)
            if target is None:
                continue
            place = (one.code, target.start, target.end)
            if not target.exact:
                more[place] += 1
                if more[place] > 1:
                    continue
            kept.append((one, target))
        kept.sort(key=lambda pair: (pair[1].start, pair[0].code))
        equals: Counter[tuple[str, str]] = Counter()
        made = []
        for one, target in kept:
            digest = self._digest(target.start) or one.key.split(":")[1]
            ordinal = equals[one.code, digest]
            equals[one.code, digest] += 1
            key = f"{one.code}:{digest}:{ordinal}"
            times = more[one.code, target.start, target.end] if not target.exact else 1
            made.append(self._moved(one, target, key, times))
        return made

    def _target(self, one: Diagnostic) -> _Target | None:
        """Return where in the model a finding belongs; None where it belongs to another model."""
        assert one.span is not None
        start, end = one.span.start, one.span.end
        first, last = self.foreign
        if first < last:
            if one.code not in PROBLEMS and first <= start and max(end, start + 1) <= last:
                return None
            start, end = self._shifted(start), self._shifted(end)
        found = self.alignment.origin(start, end)
        return _Target(*found) if found is not None else _Target(0, 0, exact=False)

    def _shifted(self, offset: int) -> int:
        """Return an offset of the compiled text in what the model alone rendered."""
        first, last = self.foreign
        return offset if offset < first else first + max(0, offset - last)

    def _moved(self, one: Diagnostic, target: _Target, key: str, times: int) -> Diagnostic:
        assert one.span is not None
        first, last = self.places.find(target.start), self.places.find(target.end)
        span = Span(
            path=one.span.path,
            start=target.start,
            end=target.end,
            line=first.line,
            column=first.column,
            end_line=last.line,
            end_column=last.column,
        )
        help_, evidence = one.help, one.evidence
        if not target.exact:
            line = self.made.count(b"\n", 0, one.span.start) + 1
            told = f"this is line {line} of {self.origin.name}"
            if times > 1:
                told += f", and {times - 1:,} more like it"
            help_ = f"{help_}\n{told}" if help_ else told
            evidence = {**evidence, "compiled": self.origin.name, "compiled_line": line}
        return msgspec.structs.replace(one, span=span, help=help_, evidence=evidence, fix=self._fix(one.fix), key=key)

    def _fix(self, fix: Fix | None) -> Fix | None:
        if fix is None:
            return None
        edits = []
        first, last = self.foreign
        for edit in fix.edits:
            inside = edit.start < last and first < edit.end
            place = None if inside else self.alignment.verbatim(self._shifted(edit.start), self._shifted(edit.end))
            if place is None:
                return None
            edits.append(TextEdit(start=place[0], end=place[1], text=edit.text))
        return Fix(edits=tuple(edits), safe=fix.safe)

    def _digest(self, offset: int) -> str:
        """Return the digest of the model's statement at ``offset``, of its first if none is there; "" without any."""
        statements = self.origin.statements
        return next(
            (one[2] for one in reversed(statements) if one[0] <= offset), statements[0][2] if statements else ""
        )


def _foreign(made: bytes, dialect: str) -> tuple[int, int]:
    """Return the bytes of a compiled text that are other models."""
    if b"__dbt__cte__" not in made:
        return 0, 0
    text = made.decode("utf-8", "surrogateescape")
    start, end = injected(text, dialect)
    return len(text[:start].encode("utf-8", "surrogateescape")), len(text[:end].encode("utf-8", "surrogateescape"))
