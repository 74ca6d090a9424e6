"""Judge a file's findings when file and project are known: drop, change, and add those on what statements do."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.lint.analysis import RULE_FAILED
from perftool.lint.api import Finding
from perftool.lint.rulebook import Applying
from perftool.sql.parsing import UNEXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from perftool.lint.api import Rule
    from perftool.lint.place import Place
    from perftool.lint.records import Placed
    from perftool.sql.actions import AnyAction

    Sections = Iterable[tuple[int, bool]]

#: As far as rules look ahead, so that no file costs its length squared.
_AHEAD: Final = 1000


class Judged(NamedTuple):
    """A finding that stays: the code of its rule and the statement it stands in."""

    code: str
    finding: Finding
    statement: Placed


def _behind(statements: Sequence[Placed], place: Place, turns: Sequence[tuple[int, bool]]) -> Iterator[AnyAction]:
    """Yield what is done behind ``place``, as far as the file goes one way: what takes it back does not follow."""
    for one in statements[place.position + 1 : place.position + 1 + _AHEAD]:
        if turns and turns[0][0] <= one.start:
            return
        yield from one.record.actions


def judge(
    statements: Sequence[Placed],
    place: Place,
    rules: Mapping[str, Rule],
    sections: Sections = (),
    commands: Iterable[tuple[int, str]] = (),
) -> Iterator[Judged]:
    """Yield the findings of one file in the order of its text.

    ``place`` is a fresh one for this file, ``rules`` those that apply to it, by code. Once a rule has asked for a
    project that is not there, the rest is not looked at. ``sections`` are byte offsets
    from which on the file takes a migration back (True) or not (False), ascending; ``commands`` are the starts of
    statements that sqlc makes code of, with its commands.
    """
    turns = list(sections)
    place.later = functools.partial(_behind, statements, place, turns)
    annotated = dict(commands)
    handlers = (rules if isinstance(rules, Applying) else Applying(rules, place.dialect)).handlers
    for index, statement in enumerate(statements):
        while turns and turns[0][0] <= statement.start:
            place.file.down = turns.pop(0)[1]
        record = statement.record
        place.position, place.statement = index, statement.number if statement.number >= 0 else index
        place.kind, place.actions = record.kind, record.actions
        place.command = annotated.get(statement.start, "") if annotated else ""
        found: list[Judged] = []
        for one in record.findings:
            code = place.rule = one.code
            rule = rules.get(code)
            if rule is None and code != RULE_FAILED:
                continue
            kept: Finding | None = one.finding
            if rule is not None and rule.judge is not None:
                try:
                    kept = rule.judge(one.finding, place)
                except UNEXPECTED as error:
                    kept = None
                    found.append(_failed(code, error, statement))
            if kept is not None:
                found.append(Judged(code, kept, statement))
        for action in record.actions:
            for rule, handler in handlers[action.__class__]:
                code = place.rule = rule.code
                try:
                    for finding in handler(action, place):
                        found.append(Judged(code, finding, statement))  # noqa: PERF401  with what came before an error
                except UNEXPECTED as error:
                    found.append(_failed(code, error, statement))
        if place.guessed:
            return
        if found:
            found.sort(key=lambda one: (one.finding.start, one.code))
            yield from found
        place.file.take(record.actions)


def _failed(code: str, error: BaseException, statement: Placed) -> Judged:
    message = f"rule {code} could not look at this ({type(error).__name__}: {error})"
    return Judged(RULE_FAILED, Finding(start=0, end=0, message=message[:300]), statement)
