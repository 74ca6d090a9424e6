"""Lay a document out in lines of a fixed width, for plain text and for terminals alike.

A line is a list of (text, tone) spans; no line is wider than asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render import document as doc
from perftool.render.strip import strip
from perftool.render.table_layout import table_lines
from perftool.render.visible import cut, document_to_ascii, is_narrow, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.render.api import RenderOptions

Span = tuple[str, doc.Tone]
Line = list[Span]
MIN_WIDTH = 24
MIN_PLOT = 12


def lines(document: doc.Document, options: RenderOptions) -> Iterator[Line]:
    """Yield the lines of ``document``, no empty ones at its end; with ``quiet`` only the verdict.

    cost: one line at a time and the texts of one table; the spans of a whole document are many times its text.
    """
    if options.ascii_only:
        document = document_to_ascii(document)
    columns = max(options.width, MIN_WIDTH)
    empty = 0
    for block in document.blocks:
        if options.quiet and not isinstance(block, doc.Banner):
            continue
        for line in _block(block, columns, options):
            if not line:
                empty += 1
                continue
            for _ in range(empty):
                yield []
            empty = 0
            yield line


def _block(block: doc.Block, columns: int, options: RenderOptions) -> Iterator[Line]:
    match block:
        case doc.Banner():
            yield from _banner(block, columns, options)
        case doc.Heading():
            yield from _two_sides([(visible(block.text), "strong")], visible(block.aside), columns)
            yield []
        case doc.Note():
            yield from _wrapped(visible(block.text), columns, block.tone)
            yield []
        case doc.Table():
            yield from table_lines(block, columns)
            yield []
        case doc.KeyValues():
            yield from _pairs(block, columns)
            yield []
        case doc.Items() | doc.Footnotes():
            yield from _items(block, columns)
            yield []
        case doc.Snippet():
            for text in block.text.splitlines():
                yield [(cut("  " + visible(text), columns), "plain")]
            yield []
        case doc.Chart():
            yield from _chart(block, columns, options) if options.verbose else ()
        case doc.Timelines():
            return
        case doc.Section():
            yield from _section(block, columns, options)


def _section(section: doc.Section, columns: int, options: RenderOptions) -> Iterator[Line]:
    if all(isinstance(inner, doc.Timelines) for inner in section.blocks):
        return
    if not section.detail or options.verbose:
        yield from _wrapped(visible(section.title), columns, "strong")
        for inner in section.blocks:
            yield from _block(inner, columns, options)
    elif section.mention:
        yield from _wrapped(visible(section.title), columns, "muted")
        yield []


def _banner(banner: doc.Banner, columns: int, options: RenderOptions) -> Iterator[Line]:
    mark = mark_of(banner.outcome, options)
    tone = doc.TONES.get(banner.outcome, "plain")
    text = visible(banner.text)
    first = wrap(text, columns - width(mark) - 1)
    aside = "" if len(first) > 1 else visible(banner.aside)
    yield from _two_sides([(mark, tone), (" " + first[0], "strong")], aside, columns)
    for rest in first[1:]:
        yield [(" " * (width(mark) + 1) + rest, "strong")]
    if banner.aside and not aside:
        yield from _wrapped(visible(banner.aside), columns, "muted")
    yield []


def mark_of(outcome: str, options: RenderOptions) -> str:
    """Return the mark of an outcome (✓ ✗ ⚠ ?), in ASCII if asked for."""
    from perftool.render.visible import to_ascii

    mark = doc.MARKS.get(outcome, "·")
    return to_ascii(mark) if options.ascii_only else mark


def _two_sides(left: Line, aside: str, columns: int) -> Iterator[Line]:
    used = sum(width(text) for text, _ in left)
    if used > columns:
        yield from _wrapped("".join(text for text, _ in left), columns, left[-1][1])
    elif aside and used + 3 + width(aside) <= columns:
        yield [*left, (" " * max(3, min(columns, 100) - used - width(aside)), "plain"), (aside, "muted")]
        return
    else:
        yield left
    if aside:
        yield from _wrapped(aside, columns, "muted")


def _wrapped(text: str, columns: int, tone: doc.Tone, indent: str = "") -> Iterator[Line]:
    for line in wrap(text, columns - len(indent)):
        yield [(indent + line, tone)]


def wrap(text: str, columns: int) -> list[str]:
    """Break ``text`` at spaces into lines of at most ``columns``; a longer word is broken where it must be."""
    # One character at least a line, however little room there is: with none it would never end.
    columns = max(1, columns)
    measure = len if is_narrow(text) else width
    if measure(text) <= columns and not text.startswith(" "):
        return [text]
    result: list[str] = []
    current, used = "", 0
    for word in text.split(" "):
        size = measure(word)
        if current and used + 1 + size <= columns:
            current, used = f"{current} {word}", used + 1 + size
            continue
        if current:
            result.append(current)
        rest = word
        while size > columns:
            result.append(_head(rest, columns))
            rest = rest[len(result[-1]) :]
            size = measure(rest)
        current, used = rest, size
    if current or not result:
        result.append(current)
    return result


def _head(text: str, columns: int) -> str:
    end = min(len(text), columns)
    while end > 1 and width(text[:end]) > columns:
        end -= 1
    return text[:end]


def _pairs(block: doc.KeyValues, columns: int) -> Iterator[Line]:
    names = [visible(name) for name, _ in block.items]
    room = min(max((width(n) for n in names), default=0), columns // 3)
    for name, (_, value) in zip(names, block.items, strict=True):
        label = cut(name, room)
        for index, line in enumerate(wrap(visible(value), columns - room - 4)):
            head = label + " " * (room - width(label)) if index == 0 else " " * room
            yield [("  " + head + "  ", "muted"), (line, "plain")]


def _items(block: doc.Items | doc.Footnotes, columns: int) -> Iterator[Line]:
    if isinstance(block, doc.Items) and block.title:
        yield [(cut(visible(block.title), columns), "strong")]
    # A mark may be a name, and that as long as it likes.
    room = min(max((width(visible(i.mark)) for i in block.items), default=0), columns // 3)
    for item in block.items:
        mark = cut(visible(item.mark), room)
        indent = room + 1 if room else 0
        for index, line in enumerate(wrap(visible(item.text), columns - indent)):
            lead = mark + " " * (indent - width(mark)) if index == 0 else " " * indent
            yield [(lead, item.tone), (line, "plain" if item.mark else item.tone)]


def _chart(chart: doc.Chart, columns: int, options: RenderOptions) -> Iterator[Line]:
    series = [s for group in chart.groups for s in group.series]
    names = min(max((width(visible(s.label)) for s in series), default=0), columns // 4)
    texts = max((width(s.text) for s in series), default=0)
    plot = columns - names - texts - 2 * len("  ")
    if plot < MIN_PLOT:
        return
    yield from _wrapped(visible(chart.title), columns, "strong")
    for group in chart.groups:
        if group.label:
            yield [(cut(visible(group.label), columns), "muted")]
        drawn = strip(group.series, plot, ascii_only=options.ascii_only)
        for one, line in zip(group.series, drawn, strict=True):
            name = cut(visible(one.label), names)
            text = " " * (texts - width(one.text)) + one.text
            yield [(name + " " * (names - width(name)) + "  ", "plain"), (line, one.tone), ("  " + text, "plain")]
    yield []
