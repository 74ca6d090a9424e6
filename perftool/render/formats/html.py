"""A self-contained HTML page: no network, light and dark, and no script but the filters of lint findings."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from perftool.render import document as doc
from perftool.render.api import Format
from perftool.render.visible import document_to_ascii, to_ascii, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

# Whatever a name in a report contains, the page may load nothing and run nothing but what is named by its digest.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def render(report: Report, options: RenderOptions) -> str:
    """Return ``report`` as one page."""
    return "".join(pieces(report, options))


def pieces(report: Report, options: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.render.dispatch import present
    from perftool.render.portions import portions

    return portions(line + "\n" for line in _page(report, present(report, options), options))


def _page(report: Report, document: doc.Document, options: RenderOptions) -> Iterator[str]:
    from perftool.render.page_style import STYLE

    marks = doc.MARKS
    if options.ascii_only:
        document, marks = document_to_ascii(document), {k: to_ascii(v) for k, v in marks.items()}
    blocks = [b for b in document.blocks if isinstance(b, doc.Banner)] if options.quiet else document.blocks
    policy, style = _POLICY, STYLE
    findings: Iterator[str] = iter(())
    if report.kind == "lint" and report.diagnostics and not options.quiet:
        from perftool.render import findings_page

        policy = f"{_POLICY}; {findings_page.source()}"
        style = f"{STYLE}\n{findings_page.STYLE}"
        findings = findings_page.findings(report, options)
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n'
        f"<title>{_text(document.title)}</title>\n<style>\n{style}\n</style>\n</head>\n<body>\n<main>\n"
        f"<header><b>{_text(document.title)}</b> {_text(report.created)}</header>"
    )
    for block in blocks:
        yield from _block(block, marks)
        if isinstance(block, doc.Banner):
            yield from findings
    made = f"{report.tool.name} {report.tool.version}"
    yield f"<footer>{_text(made)}, report version {_text(report.schema_version)}</footer>\n</main>\n</body>\n</html>"


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


def _named(text: str) -> str:
    # A name in a right-to-left script must not reorder what follows it.
    return _text(text) if text.isascii() else f"<bdi>{_text(text)}</bdi>"


def _block(block: doc.Block, marks: dict[str, str]) -> Iterator[str]:
    match block:
        case doc.Banner():
            aside = f'<div class="aside">{_text(block.aside)}</div>' if block.aside else ""
            mark = f'<span class="mark">{_text(marks.get(block.outcome, ""))}</span>'
            yield f'<div class="banner {_text(block.outcome)}">{mark}<div>{_text(block.text)}{aside}</div></div>'
        case doc.Heading():
            yield f"<h2>{_named(block.text)}</h2>"
            if block.aside:
                yield f'<p class="aside">{_text(block.aside)}</p>'
        case doc.Note():
            yield f'<p class="{block.tone}">{_text(block.text)}</p>'
        case doc.Table():
            yield from _table(block)
        case doc.KeyValues():
            pairs = "".join(f"<dt>{_named(name)}</dt><dd>{_named(value)}</dd>" for name, value in block.items)
            yield f"<dl>{pairs}</dl>"
        case doc.Items() | doc.Footnotes():
            if isinstance(block, doc.Items) and block.title:
                yield f"<h3>{_text(block.title)}</h3>"
            yield "<ul>" + "".join(_item(item) for item in block.items) + "</ul>"
        case doc.Snippet():
            yield "<pre>" + "\n".join(_text(line) for line in block.text.splitlines()) + "</pre>"
        case doc.Chart():
            yield from _chart(block)
        case doc.Timelines():
            yield from _timelines(block)
        case doc.Section():
            inner = "".join(line for b in block.blocks for line in _block(b, marks))
            yield f'<details class="card"><summary>{_text(block.title)}</summary>{inner}</details>'


def _item(item: doc.Item) -> str:
    mark = f'<span class="mark {item.tone}">{_text(item.mark)}</span> ' if item.mark else ""
    return f"<li>{mark}{_named(item.text)}</li>"


def _table(table: doc.Table) -> Iterator[str]:
    yield '<div class="card">'
    if table.title:
        yield f"<h3>{_named(table.title)}</h3>"
    shown = [row for row in table.rows if not row.folded]
    folded = [row for row in table.rows if row.folded]
    if any(not row.total for row in shown):
        yield _grid(table, shown)
    if folded:
        yield f"<details><summary>{_text(table.fold_title)}</summary>{_grid(table, folded)}</details>"
    if not table.rows:
        yield '<p class="muted">(none)</p>'
    yield "</div>"


def _grid(table: doc.Table, rows: Sequence[doc.TableRow]) -> str:
    drawn = [i for i, column in enumerate(table.columns) if not column.sparkline]
    kept = [i for i in drawn if any(row.cells[i].text for row in rows)]
    heads = "".join(f'<th scope="col"{_side(table.columns[i])}>{_named(table.columns[i].title)}</th>' for i in kept)
    lines = []
    for row in rows:
        cells = "".join(
            f'<td{_side(table.columns[i], row.cells[i].tone)} data-label="{_text(table.columns[i].title)}">'
            f"{_named(row.cells[i].text)}</td>"
            for i in kept
        )
        lines.append(f'<tr class="total">{cells}</tr>' if row.total else f"<tr>{cells}</tr>")
    head = f"<thead><tr>{heads}</tr></thead>" if any(table.columns[i].title for i in kept) else ""
    return f'<div class="scroll"><table>{head}<tbody>{"".join(lines)}</tbody></table></div>'


def _side(column: doc.Column, tone: str = "plain") -> str:
    classes = [c for c in ("left" if column.align == "left" else "", tone if tone != "plain" else "") if c]
    return f' class="{" ".join(classes)}"' if classes else ""


def _chart(chart: doc.Chart) -> Iterator[str]:
    from perftool.render.strip import extent
    from perftool.render.svg import distribution, named_places

    if not chart.groups:
        return
    yield f'<div class="card"><h3>{_named(chart.title)}</h3><div class="plot">'
    for group in chart.groups:
        if group.label:
            yield f'<div class="group">{_named(group.label)}</div>'
        low, high = extent(group.series)
        low, high = min([low, *(g.value for g in group.guides)]), max([high, *(g.value for g in group.guides)])
        for series in group.series:
            drawn, name, text = distribution(series, low, high, group.guides), _named(series.label), _text(series.text)
            yield f'<div class="name">{name}</div>{drawn}<div class="value">{text}</div>'
        if group.guides:
            yield named_places(group.guides, low, high)
        elif any(group.ends):
            yield f'<div class="ends"><span>{_text(group.ends[0])}</span><span>{_text(group.ends[1])}</span></div>'
    yield "</div></div>"


def _timelines(block: doc.Timelines) -> Iterator[str]:
    from perftool.render.svg_timeline import scale, timeline

    yield '<div class="card">'
    if block.title:
        yield f"<h3>{_named(block.title)}</h3>"
    for line in block.lines:
        value = f'<span class="value">{_text(line.text)}</span>'
        yield f'<figure><figcaption><span class="name">{_named(line.label)}</span>{value}</figcaption>'
        yield f'<div class="time">{scale(line)}{timeline(line)}'
        yield f'<div class="ends"><span>{_named(line.ends[0])}</span><span>{_named(line.ends[1])}</span></div></div>'
        if line.turns:
            turns = "".join(f'<li class="{turn.tone}">{_named(turn.text)}</li>' for turn in line.turns)
            yield f'<ol class="turns">{turns}</ol>'
        yield "</figure>"
    yield "</div>"


FORMAT = Format(name="html", suffixes=(".html", ".htm"), kinds=None, render=render, pieces=pieces)
