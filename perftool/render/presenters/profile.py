"""Present a profile: how much there was, which functions it went to, memory over time, every doubt once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from perftool.model.profile import ProfilePayload
from perftool.render import document as doc
from perftool.render import surroundings
from perftool.render.figures import count
from perftool.render.memory_tables import memory_blocks
from perftool.render.notes import Notes
from perftool.render.profile_tables import NAMES, shown_of, top_table, weight
from perftool.render.reasons import reasons
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.profile import ProfiledProcess, Ranking
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

#: Rows that are read at a glance, and those of an answer to --verbose.
_ROWS: Final = 15
_MANY: Final = 60
#: Shares below which a function is left out of the first.
_LEAST_OWN: Final = 0.0005
_LEAST_TOTAL: Final = 0.02
# From as many samples that were due but never came, the rate is not why nothing was seen.
_FEW_SAMPLES: Final = 20
_TIMES: Final = frozenset({"cpu", "wall"})


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn a profile into a document."""
    payload = report.payload
    assert isinstance(payload, ProfilePayload)
    notes = Notes(report.warnings)
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline, payload.target)]
    blocks += reasons(report.verdict)
    blocks += memory_blocks(payload, options)
    blocks += _rankings(payload, options)
    blocks += notes.footnotes()
    if len(payload.processes) > 1:
        blocks.append(doc.Section("processes", (_processes(payload.processes),)))
    blocks.append(doc.Section("how it was captured", (doc.KeyValues(_method(payload, report)),)))
    blocks.append(doc.Section("environment", (doc.KeyValues(surroundings.facts(report.environment)),)))
    return doc.Document(f"perftool profile: {payload.target}", tuple(blocks))


def _rankings(payload: ProfilePayload, options: RenderOptions) -> Iterator[doc.Block]:
    """Yield the first ranking of time and of memory as tables; the others stand folded behind them."""
    times = [one for one in payload.rankings if one.kind in _TIMES or not _is_memory(one)]
    memory = [one for one in payload.rankings if one not in times]
    several = bool(times and memory)
    for group in (times, memory):
        for at, ranking in enumerate(group):
            shown = _ranking(ranking, payload, verbose=options.verbose)
            if at:
                yield doc.Section(_title(ranking), shown)
            else:
                yield from ((doc.Heading(_title(ranking)),) if several or _is_memory(ranking) else ())
                yield from shown


def _is_memory(ranking: Ranking) -> bool:
    return ranking.kind.endswith(("_space", "_objects"))


def _title(ranking: Ranking) -> str:
    return f"{NAMES.get(ranking.kind, ranking.kind)}: {weight(ranking.total, ranking.unit)}"


def _ranking(ranking: Ranking, payload: ProfilePayload, *, verbose: bool) -> tuple[doc.Block, ...]:
    if not ranking.rows:
        return (doc.Note(_nothing(payload), "muted"),)
    rows = _MANY if verbose else _ROWS
    shown = ranking if verbose else _weighty(ranking)
    table = top_table(shown, most=rows)
    whole = ranking.rest <= 0 and len(ranking.rows) <= rows and shown is ranking
    return (table,) if whole else (table, doc.Note(shown_of(shown, rows), "muted"))


def _weighty(ranking: Ranking) -> Ranking:
    """Return the ranking without functions that are nothing in themselves nor with what they call."""
    kept = tuple(row for row in ranking.rows if row.own_share >= _LEAST_OWN or row.total_share >= _LEAST_TOTAL)
    return ranking if len(kept) == len(ranking.rows) else replace(ranking, rows=kept)


def _nothing(payload: ProfilePayload) -> str:
    spent = payload.facts.get("target.cpu_s")
    if spent is None or not payload.rate:
        return "nothing was seen"
    told = f"nothing was seen in {format_duration(spent)} of CPU time"
    # Where many samples were due, something kept them away, and more often would not help.
    due = spent * payload.rate
    return told if due > _FEW_SAMPLES else f"{told}: --rate 1000 looks more often"


def _processes(found: tuple[ProfiledProcess, ...]) -> doc.Table:
    columns = (
        doc.Column("process", "left"),
        doc.Column("started by", "left", drop=1),
        doc.Column("samples"),
        doc.Column("command", "left", flexible=True),
    )
    known = {one.pid for one in found}
    rows = [
        doc.TableRow(
            (
                doc.Cell(str(one.pid)),
                doc.Cell(str(one.parent) if one.parent in known else "", "muted"),
                doc.Cell(f"{one.samples:,}"),
                doc.Cell(one.command, "muted"),
            )
        )
        for one in found
    ]
    return doc.Table(columns, tuple(rows))


def _method(payload: ProfilePayload, report: Report) -> tuple[tuple[str, str], ...]:
    files = [f"{one.name} ({one.measures}, {format_bytes(one.size)})" for one in payload.captures]
    items = [
        ("target", payload.target),
        ("engine", payload.engine),
        ("rate", f"{payload.rate:g} samples a second" if payload.rate else ""),
        ("duration", format_duration(payload.duration_s)),
        ("exit code", "" if payload.exit_code is None else _exit(payload.exit_code)),
        ("processes", count(len(payload.processes), "process", "processes") if payload.processes else ""),
        *(("capture", file) for file in files),
        *((name, f"{value:,.10g}") for name, value in sorted(payload.facts.items())),
        ("captured", report.created),
        ("perftool", report.tool.version),
    ]
    return tuple((name, value) for name, value in items if value)


def _exit(code: int) -> str:
    return f"{128 - code} (signal {-code})" if code < 0 else str(code)


PRESENT = present
