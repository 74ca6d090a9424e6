"""Who accounts for rows that got worse: one table a row, below the rows themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.figures import bare, count, unit_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.model.profile import Commit, Explanation, Suspect

_MINUS: Final = "\u2212"
_SMALL: Final = 0.05


def blocks(explanations: Sequence[Explanation]) -> list[doc.Block]:
    """Return the suspects of each row in order; and in a list why other rows have none."""
    found: list[doc.Block] = []
    reasons: list[doc.Item] = []
    doubts: dict[str, None] = {}
    for one in explanations:
        if one.suspects:
            found.append(_suspects(one))
        else:
            reasons.append(doc.Item(f"{_title(one)}: {one.reason}", "culprit", "muted"))
        doubts.update(dict.fromkeys(f"{doubt.subject}: {doubt.message}" for doubt in one.warnings))
    if reasons:
        found.append(doc.Items(tuple(reasons)))
    found += [doc.Note(text, "warn") for text in doubts]
    return found


def culprits(explanations: Iterable[Explanation]) -> dict[tuple[str, str], str]:
    """Return the first suspect of each explained row, by the name and unit of the row."""
    return {
        (one.row, one.unit): " ".join(part for part in _named(one.suspects[0]) if part)
        for one in explanations
        if one.suspects
    }


def _named(one: Suspect) -> tuple[str, str, str]:
    told = commits(one.commits)
    share = "" if one.share is None else f"{_share(one.share)} of the change"
    return one.function, share, f"({told})" if told else ""


def _title(one: Explanation) -> str:
    return f"{one.row} ({unit_title(one.unit)})"


def _suspects(one: Explanation) -> doc.Items:
    items = [_item(number, suspect) for number, suspect in enumerate(one.suspects, 1)]
    if one.unexplained is not None and abs(one.unexplained) >= _SMALL:
        where = "spread over the rest" if one.unexplained > 0 else "won back in the rest"
        items.append(doc.Item(f"{_share(one.unexplained)} {where}", "·", "muted"))
    captures = count(sum(one.captures), "capture") + (" taken for this" if one.source == "measured" else "")
    change = one.after - one.before
    amount = ("+" if change >= 0 else _MINUS) + bare(abs(change), one.unit, 0.01)
    return doc.Items(tuple(items), title=f"culprit of {_title(one)}: {amount}, from {captures}")


def _item(number: int, one: Suspect) -> doc.Item:
    share = "" if one.share is None else f"  {_share(one.share)} of the change"
    interval = f" {told}" if (told := _interval(one)) else ""
    place = f"{one.file}:{one.line}" if one.file and one.line else one.file
    parts = [", ".join(one.why), commits(one.commits), place]
    text = f"{one.function}{share}{interval}  {' · '.join(part for part in parts if part)}"
    tone: doc.Tone = "muted" if (one.share or 0.0) < 0 else "bad" if number == 1 else "plain"
    return doc.Item(text.rstrip(), f"{number}.", tone)


def commits(found: Iterable[Commit]) -> str:
    """Return commits as one line: ``4f2c91a "Round every line", and 2 more``."""
    named = list(found)
    if not named:
        return ""
    first = named[0]
    text = f'{first.id} "{first.subject}"' if first.id else first.subject
    return text + (f", and {len(named) - 1} more" if len(named) > 1 else "")


def _share(share: float) -> str:
    text = f"{abs(share) * 100:.0f}"
    sign = "" if text == "0" else "+" if share > 0 else _MINUS
    return f"{sign}{text} %"


def _interval(one: Suspect) -> str:
    """Return the interval of a share: bounds of the change divided by the whole, in either order."""
    if one.lo is None or one.hi is None or not one.share:
        return ""
    whole = one.change / one.share
    low, high = sorted((one.lo / whole, one.hi / whole))
    return f"[{_share(low).removesuffix(' %')}, {_share(high).removesuffix(' %')}]"
