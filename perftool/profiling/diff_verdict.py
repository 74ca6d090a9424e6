"""What a comparison of two profiles says in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.units.display import format_percent, format_value

if TYPE_CHECKING:
    from perftool.model.profile import FunctionChange, ProfileDiffPayload

_UNITS: Final = {"s": "sec", "B": "B"}
_EACH: Final = {"capture": "", "share": "", "op": " per operation"}


def headline(payload: ProfileDiffPayload, what: str) -> str:
    """Name the function that changed most for sure, and how many others did; ``what`` is what people call the value."""
    changed = [row for row in payload.rows if row.sure]
    if not changed:
        largest = payload.rows[0] if payload.rows else None
        told = f": the largest change, {largest.function}, may be chance" if largest and largest.change else ""
        more = ", more captures would tell" if told and payload.basis != "none" else ""
        return f"no function surely takes more or less {what}{told}{more}"
    first, others = changed[0], len(changed) - 1
    rest = f"; {others:,} other function{'s' if others > 1 else ''} changed too" if others else ""
    return (
        f"{first.function} takes {_change(first, payload)} {what}{_EACH[payload.per]} ({_sides(first, payload)}){rest}"
    )


def points(fraction: float) -> str:
    """Return a difference of shares without its sign: ``12.3 points``, two decimals below one point."""
    size = abs(fraction) * 100
    text = f"{size:.1f}" if size >= 0.95 else f"{size:.2f}"
    return f"{text} point{'' if text == '1.0' else 's'}"


def _change(row: FunctionChange, payload: ProfileDiffPayload) -> str:
    direction = "more" if row.change > 0 else "less"
    if payload.per == "share":
        return f"{points(row.change)} {direction} of"
    return f"{_weight(abs(row.change), payload)} {direction}"


def _sides(row: FunctionChange, payload: ProfileDiffPayload) -> str:
    if payload.per == "share":
        return f"{format_percent(row.before)} → {format_percent(row.after)}"
    sides = f"{_weight(row.before, payload)} → {_weight(row.after, payload)}"
    part = f", {row.share_of_change:.0%} of the change" if row.share_of_change is not None else ""
    return sides + part.replace("%", " %")


def _weight(value: float, payload: ProfileDiffPayload) -> str:
    return format_value(value, _UNITS.get(payload.unit, "count"))
