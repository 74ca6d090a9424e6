"""Silence the findings that comments ask to silence, and report the comments that silence nothing."""

from __future__ import annotations

import bisect
import difflib
import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint import catalog
from perftool.lint.comments import read
from perftool.lint.problems import PROBLEMS, UNCHECKED, UNKNOWN, UNUSED
from perftool.lint.suppression import Named, Suppression
from perftool.model.diagnostic import Diagnostic, Fix, Span, TextEdit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perftool.lint.api import Rule
    from perftool.lint.records import Placed
    from perftool.model.diagnostic import Severity

__all__ = ["Suppression", "apply", "read"]

_HOW: Final = "-- perftool: ignore[{}] why"
_EXAMPLE: Final = "PERF001"


def apply(
    found: Sequence[Diagnostic],
    marks: Sequence[Suppression],
    placed: Sequence[Placed],
    path: str,
    rules: Mapping[str, Rule],
    known: Mapping[str, Rule] | None = None,
) -> tuple[list[Diagnostic], int]:
    """Return what of ``found`` stays, in the order of the text, and how many findings the comments ``marks`` silenced.

    PT010 comes in for each comment that silences nothing although its rules ran on this file, PT011 for each that
    cannot mean anything. ``rules`` are those that ran, by code, ``known`` all there are (default: the built-in ones).
    ``placed`` tells which statements were not analysed: nothing is said of comments at those.
    cost: linear in the findings, and no work at all without comments.
    """
    if not marks:
        return list(found), 0
    vocabulary = _Vocabulary(rules, known)
    index = _Index(found)
    silenced: set[int] = set()
    added: list[Diagnostic] = []
    unchecked = sorted((one.start, one.end) for one in placed if one.record.error)
    equals: dict[str, int] = {}
    for mark in marks:
        unused, unknown = _use(mark, index, vocabulary, silenced)
        if unused and _touches(mark, unchecked):
            unused = []
        for made in _reports(mark, unused, unknown, vocabulary, path):
            ordinal = equals.get(made.key, -1) + 1
            equals[made.key] = ordinal
            added.append(msgspec.structs.replace(made, key=f"{made.key}:{ordinal}"))
    kept = [one for number, one in enumerate(found) if number not in silenced]
    if added:
        kept = sorted([*kept, *added], key=lambda one: one.span.start if one.span else 0)
    return kept, len(silenced)


class _Vocabulary:
    """What words in comments mean: codes, beginnings of codes, names, ALL."""

    def __init__(self, rules: Mapping[str, Rule], known: Mapping[str, Rule] | None) -> None:
        every = {**(catalog.rules() if known is None else known), **rules}
        self.names = {code: rule.name for code, rule in every.items()}
        self.by_name = {name: code for code, name in [*self.names.items(), *UNCHECKED.items()]}
        self.ran = frozenset(rules) | frozenset(UNCHECKED)
        self._meant: dict[str, frozenset[str]] = {}

    def meant(self, word: str) -> frozenset[str]:
        """Return the codes that a word stands for, none for an unknown word."""
        found = self._meant.get(word)
        if found is None:
            found = self._meant[word] = self._look_up(word)
        return found

    def _look_up(self, word: str) -> frozenset[str]:
        upper, lower = word.upper(), word.lower()
        if upper == "ALL":
            return frozenset(self.names)
        if upper in UNCHECKED:
            return frozenset({upper})
        if lower in self.by_name:
            return frozenset({self.by_name[lower]})
        return frozenset(code for code in self.names if code.startswith(upper))

    def judges(self, word: str) -> bool:
        """Say whether all that a word means was looked for in this file."""
        meant = self.meant(word)
        return bool(meant) and meant <= self.ran

    def nearest(self, word: str) -> str:
        """Return the known word that is most like ``word``, "" if none is."""
        words = [*self.names, *self.by_name]
        close = difflib.get_close_matches(word.upper(), words, n=1) or difflib.get_close_matches(
            word.lower(), words, n=1
        )
        return close[0] if close else ""


class _Index:
    """The findings of a file by where they begin, where they end, and by code."""

    def __init__(self, found: Sequence[Diagnostic]) -> None:
        self.codes = [one.code for one in found]
        spans = [(one.span.start, one.span.end, number) for number, one in enumerate(found) if one.span]
        self._starts = sorted((start, number) for start, _, number in spans)
        self._ends = sorted((end, number) for _, end, number in spans)

    def reached(self, mark: Suppression) -> Iterator[int]:
        """Yield the numbers of the findings where ``mark`` has a say."""
        if mark.form == "ignore-file":
            yield from range(len(self.codes))
            return
        yield from _between(self._starts, *mark.rows)
        # An end is the first byte behind: a finding that ends before the line does not end on it.
        yield from _between(self._ends, mark.rows[0] + 1, mark.rows[1] + 1)
        yield from _between(self._starts, *mark.statement)


def _between(places: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[int]:
    for _, number in places[bisect.bisect_left(places, (start, -1)) : bisect.bisect_left(places, (end, -1))]:
        yield number


def _use(
    mark: Suppression, index: _Index, vocabulary: _Vocabulary, silenced: set[int]
) -> tuple[list[Named], list[Named]]:
    """Silence what ``mark`` names; return its words that silenced nothing and those that nobody knows."""
    if mark.fault:
        return [], []
    meant = [(word, vocabulary.meant(word.text)) for word in mark.words]
    useful: set[str] = set()
    for number in index.reached(mark):
        code = index.codes[number]
        if not mark.words and code not in UNCHECKED:
            silenced.add(number)
        for word, codes in meant:
            if code in codes:
                silenced.add(number)
                useful.add(word.text)
    unused = [word for word, codes in meant if codes and word.text not in useful and vocabulary.judges(word.text)]
    # Codes behind noqa may be those of another linter.
    unknown = [word for word, codes in meant if not codes] if mark.form != "noqa" else []
    return unused, unknown


def _touches(mark: Suppression, ranges: Sequence[tuple[int, int]]) -> bool:
    if mark.form == "ignore-file":
        return bool(ranges)
    return any(a < end and start < b for a, b in (mark.rows, mark.statement) for start, end in ranges)


def _reports(
    mark: Suppression, unused: Sequence[Named], unknown: Sequence[Named], vocabulary: _Vocabulary, path: str
) -> Iterator[Diagnostic]:
    if mark.fault:
        yield _report(mark, path, UNKNOWN, "warning", f"this comment {mark.fault}", f"write {_HOW.format(_EXAMPLE)}")
    for word in unknown:
        near = vocabulary.nearest(word.text)
        help_ = f"did you mean {near}?" if near else "perftool lint --rules lists the rules"
        yield _report(mark, path, UNKNOWN, "warning", f"there is no rule {word.text}: this silences nothing", help_)
    if unused:
        words = ", ".join(word.text for word in unused)
        everything = len(unused) == len(mark.words)
        message = f"silences nothing: {words} {'is' if len(unused) == 1 else 'are'} not found here"
        help_ = "delete the comment" if everything else f"delete {words}"
        yield _report(mark, path, UNUSED, "info", message, help_, _without(mark, unused))


def _without(mark: Suppression, unused: Sequence[Named]) -> Fix | None:
    """Return the edit that takes the words away, or all of the comment where no word would be left."""
    left = [word for word in mark.words if word not in unused]
    if left:
        words = ", ".join(word.text for word in left)
        return Fix(edits=(TextEdit(start=mark.words[0].start, end=mark.words[-1].end, text=words),))
    if mark.removal[0] == mark.removal[1]:
        return None
    # A reason is the thought of a person, and goes only when asked for.
    return Fix(edits=(TextEdit(start=mark.removal[0], end=mark.removal[1], text=""),), safe=not mark.reason)


def _report(
    mark: Suppression, path: str, code: str, severity: Severity, message: str, help_: str, fix: Fix | None = None
) -> Diagnostic:
    span = Span(
        path=path,
        start=mark.start,
        end=mark.end,
        line=mark.line,
        column=mark.column,
        end_line=mark.line,
        end_column=mark.column + len(mark.text),
    )
    digest = hashlib.sha256(f"{mark.text}\0{message}".encode()).hexdigest()[:16]
    return Diagnostic(
        code=code,
        name=PROBLEMS[code],
        severity=severity,
        message=message,
        span=span,
        help=help_,
        fix=fix,
        key=f"{code}:{digest}",
    )
