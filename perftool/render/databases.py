"""Databases that a run used, and what its suites conclude from what they measured on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.model.bench import Conclusion
    from perftool.model.database import DatabaseFacts

#: Quantities of which more is better.
_HIGHER: Final = frozenset({"rows per second"})
_MARKS: Final[dict[bool | None, tuple[str, doc.Tone]]] = {
    True: ("✓", "good"),
    False: ("✗", "bad"),
    None: ("?", "warn"),
}


def used(databases: Sequence[DatabaseFacts]) -> list[doc.Block]:
    """Show what each database is and what a commit costs there: a time without that says little."""
    if not databases:
        return []
    facts = tuple(
        doc.Item(
            f"{one.system} {one.version}, {one.driver}; durability: {_listed(one.durability) or 'not told'}", one.label
        )
        for one in databases
    )
    settings = tuple((one.label, _listed(one.settings)) for one in databases if one.settings)
    more = [doc.Section("database settings", (doc.KeyValues(settings),))] if settings else []
    return [doc.Items(facts, title="databases"), *more]


def _listed(settings: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())


def concluded(conclusions: Sequence[Conclusion]) -> list[doc.Block]:
    """Show conclusions suite by suite: ratios to a common first subject as a table, others as sentences."""
    blocks: list[doc.Block] = []
    for suite in dict.fromkeys(one.suite for one in conclusions):
        mine = [one for one in conclusions if one.suite == suite]
        figures = [one for one in mine if one.figure]
        blocks += [
            _figure_table(f"{suite}: {quantity}", [one for one in figures if one.quantity == quantity])
            for quantity in dict.fromkeys(one.quantity for one in figures)
        ]
        mine = [one for one in mine if not one.figure]
        ratios = [one for one in mine if one.ratio is not None and one.claimed is None]
        for quantity in dict.fromkeys(one.quantity for one in ratios):
            shown = [one for one in ratios if one.quantity == quantity]
            table = _ratio_table(f"{suite}: {quantity or 'time'}", shown)
            if table is not None:
                blocks.append(table)
                mine = [one for one in mine if one not in shown]
        if mine:
            blocks.append(doc.Items(tuple(map(_sentence, mine)), title=f"{suite}: conclusions"))
    return blocks


def _figure_table(title: str, figures: Sequence[Conclusion]) -> doc.Table:
    """Return rows of groups under columns of subjects, each cell as its suite says it."""
    subjects = list(dict.fromkeys(one.subject for one in figures))
    found = {(one.group, one.subject): one.figure for one in figures}
    rows = [
        doc.TableRow((doc.Cell(group), *(doc.Cell(found.get((group, subject), "")) for subject in subjects)))
        for group in dict.fromkeys(one.group for one in figures)
    ]
    columns = (doc.Column("", "left", flexible=True), *(doc.Column(subject) for subject in subjects))
    return doc.Table(columns, tuple(rows), title=title)


def _ratio_table(title: str, ratios: Sequence[Conclusion]) -> doc.Table | None:
    """Return rows of groups under columns of subjects, None where none of either is what the others are divided by."""
    bases = [one for one in ratios if _is_base(one)]
    by = [{one.group for one in bases}]
    # Where there is one subject, only another group can be what it is divided by.
    if len({one.subject for one in ratios}) > 1:
        by.insert(0, {one.subject for one in bases})
    base = next((names.pop() for names in by if len(names) == 1), None)
    if base is None:
        return None
    side = "above 1 is more" if ratios[0].quantity in _HIGHER else "below 1 is less"
    subjects = list(dict.fromkeys(one.subject for one in ratios))
    found = {(one.group, one.subject): one for one in ratios}
    rows = [
        doc.TableRow((doc.Cell(group), *(_ratio_cell(found.get((group, subject))) for subject in subjects)))
        for group in dict.fromkeys(one.group for one in ratios)
    ]
    columns = (doc.Column("", "left", flexible=True), *(doc.Column(subject) for subject in subjects))
    return doc.Table(columns, tuple(rows), title=f"{title} relative to {base}, {side}")


def _is_base(one: Conclusion) -> bool:
    return one.ratio == 1 and one.lo is None and one.hi is None


def _ratio_cell(one: Conclusion | None) -> doc.Cell:
    if one is None or one.ratio is None:
        return doc.Cell("", "muted")
    if _is_base(one):
        return doc.Cell("1", "muted")
    between = (
        f" [{_short(one.lo)}, {_short(one.hi)}]" if one.lo is not None and one.hi is not None else " (too few blocks)"
    )
    tone: doc.Tone = "plain"
    if one.lo is not None and one.hi is not None and not one.lo <= 1 <= one.hi:
        tone = "good" if (one.hi < 1) != (one.quantity in _HIGHER) else "bad"
    return doc.Cell(_short(one.ratio) + between, tone)


def _short(ratio: float) -> str:
    """Return a ratio with the digits that matter: 0.034, 0.52, 1.8, 24, 1,300."""
    if ratio >= 100:
        return f"{float(f'{ratio:.2g}'):,.0f}"
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def _sentence(one: Conclusion) -> doc.Item:
    text = one.text or f"{one.group}: {one.subject}"
    if one.claimed is None and one.holds is None:
        return doc.Item(text)
    mark, tone = _MARKS[one.holds]
    return doc.Item(text, mark, tone)


def parameters(names: Iterable[dict[str, str]]) -> list[str]:
    """Return the parameters that all cases of a suite on databases have and that differ, [] for other suites."""
    given = list(names)
    if not all("backend" in one for one in given):
        return []
    shared = [key for key in given[0] if all(key in one for one in given)] if given else []
    return [key for key in shared if len({one[key] for one in given}) > 1]
