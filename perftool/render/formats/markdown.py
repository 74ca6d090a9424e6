"""Markdown for pull requests and step summaries: verdict, what changed, the rest folded away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perftool.render import document as doc
from perftool.render.api import Format
from perftool.render.visible import document_to_ascii, to_ascii, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

# Inline markup, table bars, HTML, code; a backslash before ASCII punctuation is always literal (CommonMark 2.4).
_SPECIAL = re.compile(r"[\\`*_~\[\]|$]|:(?=//)|(?<=www)\.")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# GitHub links @name and #1 after the Markdown is done, where no escape helps: an empty comment parts them.
_MENTION = re.compile(r"([@#])(?=\w)")
_BLOCK_START = re.compile(r"^([-+=#]|\d+[.)])")


def render(report: Report, options: RenderOptions) -> str:
    """Return ``report`` as GitHub-flavoured Markdown."""
    from perftool.render.dispatch import present

    document = present(report, options)
    if report.kind == "lint" and not options.quiet:
        from perftool.render.finding_tables import worst

        first, *others = document.blocks
        document = doc.Document(document.title, (first, *worst(report), *others))
    mark = doc.MARKS.get(report.verdict.outcome, "·")
    if options.ascii_only:
        document, mark = document_to_ascii(document), to_ascii(mark)
    blocks = [b for b in document.blocks if isinstance(b, doc.Banner)] if options.quiet else document.blocks
    lines = [line for block in blocks for line in _block(block, mark)]
    return "\n".join(lines).strip("\n") + "\n"


def escape(text: str) -> str:
    """Return ``text`` so that Markdown shows exactly it, inside a line."""
    return _unlinked(_SPECIAL.sub(r"\\\g<0>", visible(text).translate(_ENTITIES)))


def _unlinked(text: str) -> str:
    return _MENTION.sub(r"\1<!-- -->", text)


def escape_line(text: str) -> str:
    """Return ``text`` so that Markdown shows exactly it at the start of a line, as no list and no heading."""
    return _BLOCK_START.sub(lambda m: f"{m[1][:-1]}\\{m[1][-1]}", escape(text))


def _block(block: doc.Block, mark: str) -> Iterator[str]:
    match block:
        case doc.Banner():
            yield from (f"### {mark} {escape(block.text)}", "")
            if block.aside:
                yield from (escape_line(block.aside), "")
        case doc.Heading():
            yield from (f"**{escape(block.text)}**" + (f"  \n{escape(block.aside)}" if block.aside else ""), "")
        case doc.Note():
            yield from (escape_line(block.text), "")
        case doc.Table():
            yield from _table(block)
        case doc.KeyValues():
            for name, value in block.items:
                yield f"- {escape_line(name)}: {escape(value)}"
            yield ""
        case doc.Items() | doc.Footnotes():
            if isinstance(block, doc.Items) and block.title:
                yield from (f"**{escape(block.title)}**", "")
            for item in block.items:
                yield f"- {escape_line(item.mark)} {escape(item.text)}" if item.mark else f"- {escape_line(item.text)}"
            yield ""
        case doc.Snippet():
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", block.text)), default=0))
            yield from (fence + block.language, *(visible(line) for line in block.text.splitlines()), fence, "")
        case doc.Chart() | doc.Timelines():
            return
        case doc.Section():
            lines = [line for inner in block.blocks for line in _block(inner, mark)]
            yield from _folded(block.title, lines) if lines else ()


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    # Up to the empty line this is HTML: a backslash before ``HEAD~1`` would be shown.
    shown = _unlinked(visible(title).translate(_ENTITIES))
    yield from ("<details>", f"<summary>{shown}</summary>", "", *lines, "</details>", "")


def _table(table: doc.Table) -> Iterator[str]:
    shown = [row for row in table.rows if not row.folded]
    folded = [row for row in table.rows if row.folded]
    if table.title:
        yield from (f"**{escape(table.title)}**", "")
    if any(not row.total for row in shown):
        yield from _grid(table, shown)
    if folded:
        yield from _folded(table.fold_title, list(_grid(table, folded)))
    if not table.rows:
        yield from ("(none)", "")


def _grid(table: doc.Table, rows: Sequence[doc.TableRow]) -> Iterator[str]:
    kept = [i for i in range(len(table.columns)) if any(row.cells[i].text for row in rows)]
    titles = [escape(table.columns[i].title) for i in kept]
    yield "| " + " | ".join(titles) + " |"
    yield "| " + " | ".join("---:" if table.columns[i].align == "right" else ":---" for i in kept) + " |"
    for row in rows:
        yield "| " + " | ".join(_cell(row.cells[i]) for i in kept) + " |"
    yield ""


def _cell(cell: doc.Cell) -> str:
    shown = escape(cell.text)
    return f"**{shown}**" if shown and cell.tone == "bad" else shown


FORMAT = Format(name="markdown", suffixes=(".md", ".markdown"), kinds=None, render=render)
