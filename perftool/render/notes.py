"""Doubts as footnotes: each said once, marked where the doubted number stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.document import Footnotes, Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.model.verdict import ReportWarning

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Notes:
    """Collects doubts while a presenter writes its tables and hands out their marks.

    A doubt about several subjects is one footnote. One that marks no number names its subjects.
    """

    def __init__(self, warnings: Iterable[ReportWarning] = ()) -> None:
        self._messages: list[str] = []
        self._subjects: dict[str, list[str]] = {}
        self._numbers: dict[str, int] = {}
        for warning in warnings:
            subjects = self._subjects.setdefault(warning.message, [])
            if warning.message not in self._messages:
                self._messages.append(warning.message)
            if warning.subject and warning.subject not in subjects:
                subjects.append(warning.subject)

    def generalize(self, everyone: Sequence[Sequence[str]]) -> None:
        """Drop the subjects of doubts about all of ``everyone`` (each given by all its names): mark no single row."""
        for message, subjects in self._subjects.items():
            if len(everyone) > 1 and all(any(name in subjects for name in names) for names in everyone):
                self._subjects[message] = []

    def about(self, *names: str) -> str:
        """Return the marks of all doubts whose subject is one of ``names``: ``¹ ²`` or nothing."""
        return self._marks(m for m in self._messages if any(n in self._subjects[m] for n in names))

    def add(self, messages: Iterable[str]) -> None:
        """Add doubts that mark no single row."""
        for message in messages:
            if message not in self._messages:
                self._messages.append(message)
                self._subjects[message] = []

    def mark(self, messages: Iterable[str]) -> str:
        """Return the marks of ``messages``, adding those that are new."""
        known = list(dict.fromkeys(messages))
        self.add(known)
        return self._marks(known)

    def _marks(self, messages: Iterable[str]) -> str:
        numbers = [self._numbers.setdefault(m, len(self._numbers) + 1) for m in messages]
        return " ".join(str(n).translate(_SUPERSCRIPT) for n in numbers)

    def footnotes(self) -> tuple[Footnotes, ...]:
        """Return one block with every doubt, numbered ones by number; nothing when there is no doubt."""
        loose = [m for m in self._messages if m not in self._numbers]
        marked = sorted(self._numbers, key=lambda m: self._numbers[m])
        items = [Item(self._text(m), "⚠", "warn") for m in loose]
        items += [Item(m, str(self._numbers[m]).translate(_SUPERSCRIPT), "warn") for m in marked]
        return (Footnotes(tuple(items)),) if items else ()

    def _text(self, message: str) -> str:
        missing = [s for s in self._subjects[message] if s not in message]
        if not missing:
            return message
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        return f"{shown}: {message}"
