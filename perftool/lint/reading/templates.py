"""Make SQL of a template without running it: what the tags are is replaced by as many bytes of SQL.

Every position stays what it was, in bytes and in characters, so that what is found in the new text can be shown in the
old one. What is made up that way is listed, and no rule should rely on it.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.lint.reading import filling
from perftool.lint.reading.blocks import plan
from perftool.lint.reading.quoting import Mode, passing
from perftool.lint.reading.ranges import merged
from perftool.lint.reading.tags import Tag, tags
from perftool.lint.reading.values import (
    NEXT_TABLE,
    NOTHING,
    OPERAND,
    TABLE,
    Around,
    is_text,
    known,
    name_for,
    renders_nothing,
    stand_in,
)
from perftool.lint.reading.variables import variables
from perftool.lint.reading.words import first_word, last_words
from perftool.sql.tokens import lex

if TYPE_CHECKING:
    from collections.abc import Iterator


class Neutral(NamedTuple):
    """A text without templates.

    ``data`` is as long as the original, with every line break and every character beyond ASCII where it was.
    ``replaced`` are half-open byte ranges, sorted and apart, where ``data`` is made up or depends on a condition.
    ``kind`` is "jinja", "go", "variables", or "" where nothing was done; ``note`` says what could not be read, EMPTY
    where no SQL is left. ``rewritten`` are ranges that read otherwise and mean the same: comments, tags that render
    nothing.
    """

    data: bytes
    replaced: tuple[tuple[int, int], ...] = ()
    kind: str = ""
    note: str = ""
    rewritten: tuple[tuple[int, int], ...] = ()


EMPTY: Final = "tags only: what they render is not looked at"

_MARKS: Final = (b"{{", b"{%", b"{#")
_TRIVIA: Final = re.compile(rb"(?:\s++|--[^\r\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/)*+")
_NOTHING: Final = re.compile(rb"(?:[\s;]++|--[^\r\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/)*+")
_BREAK: Final = re.compile(rb"[\r\n]")
_IN_WORD: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$" + bytes(range(0x80, 0x100))
)
_TABLE: Final = re.compile(rb"(?i:(?P<comma>,\s*+)?+[\w\"`]++\s++as\s*+(?:not\s++)?(?:materialized\s*+)?\()")
_MAIN: Final = frozenset({"select", "insert", "update", "delete", "merge", "values", "table", "from"})
_REACH: Final = 96
# These decide what is rendered; the others define something and leave no trace.
_DECIDING: Final = frozenset(
    {"if", "elif", "else", "endif", "for", "endfor", "end", "call", "endcall", "include", "filter",
     "endfilter"}
)  # fmt: skip


class _Item(NamedTuple):
    """A tag, or a stretch that is left out (``tag`` None); ``ends``: a statement of its own ends here."""

    start: int
    end: int
    tag: Tag | None = None
    ends: bool = False


def neutralise(data: bytes, dialect: str = "") -> Neutral:
    """Return ``data`` (UTF-8, or nearly) as SQL of ``dialect`` (a canonical name) that a parser can read.

    Jinja and Go templates become names, numbers, types and white space, of each condition one branch remains, of each
    loop one round; variables of client programs and libraries that the parser does not know become names.
    cost: a few searches where there is none of it, else linear.
    """
    neutral = Neutral(data)
    if b"{" in data and any(mark in data for mark in _MARKS):
        neutral = _Neutraliser(data, dialect).run()
    found = variables(neutral.data, dialect)
    if found is None:
        return neutral
    replaced = tuple(merged({*neutral.replaced, *found.replaced}))
    return Neutral(found.data, replaced, neutral.kind or "variables", neutral.note, neutral.rewritten)


class _Neutraliser:
    """One pass over one template."""

    def __init__(self, data: bytes, dialect: str) -> None:
        self.data = data
        self.out = bytearray(data)
        self.dialect = dialect
        self.passing = passing(dialect)
        self.mode: Mode | None = None
        # Stretches of SQL in ``out``, and strings and the like that were open at a tag (start -1), for the words before
        # a value.
        self.code: list[tuple[int, int]] = []
        #: The last words of stretches that were asked for, by where they start.
        self.words: dict[int, tuple[str, ...]] = {}
        self.items: list[_Item] = []
        self.replaced: list[tuple[int, int]] = []
        self.rewritten: list[tuple[int, int]] = []

    def run(self) -> Neutral:
        found = tags(self.data)
        if not found.found:
            return Neutral(self.data, note=found.note)
        end = found.stop if found.note else len(self.data)
        self.items = list(self._items(found.found, end))
        position = 0
        for index, item in enumerate(self.items):
            if position < item.start:
                self._text(position, item.start)
            self._item(index, item)
            position = item.end
        out = bytes(self.out)
        note = found.note or (EMPTY if _NOTHING.fullmatch(out) else "")
        kind = "go" if found.go else "jinja"
        return Neutral(out, tuple(self.replaced), kind, note, tuple(self.rewritten))

    def _items(self, found: list[Tag], end: int) -> Iterator[_Item]:
        """Yield what is not plain text: the ranges left out, and the tags outside them."""
        if all(tag.kind != "statement" for tag in found):
            yield from (_Item(tag.start, tag.end, tag) for tag in found)
            return
        decided = plan(self.data, found, self.dialect, end=end)
        dropped = iter((*decided.dropped, (len(self.data) + 1, len(self.data) + 1)))
        start, stop = next(dropped)
        for index, tag in enumerate(found):
            while start <= tag.start and stop <= tag.start:
                yield _Item(start, stop)
                start, stop = next(dropped)
            if tag.start < start:
                yield _Item(tag.start, tag.end, tag, index in decided.ends)
        while start <= len(self.data):
            yield _Item(start, stop)
            start, stop = next(dropped)

    def _text(self, position: int, end: int) -> None:
        """Follow the SQL through a stretch of plain text."""
        while position < end:
            if self.mode is None:
                passed = self.passing.whole.match(self.data, position, end)
                stop = passed.end() if passed else position
                if stop > position:
                    self.code.append((position, stop))
                match = self.passing.opening.match(self.data, stop, end)
                if match is None:
                    return
                self.mode = Mode.of(match, self.data, self.dialect)
                position = match.end()
            else:
                position, closed = self.mode.find_end(self.data, position, end)
                if closed:
                    if self.mode.is_operand:
                        self.code.append((-1, -1))
                    self.mode = None

    def _item(self, index: int, item: _Item) -> None:
        if self.mode is None or self.mode.holds_code:
            self._in_code(index, item)
        elif self.mode.kind == "line":
            if _BREAK.search(self.data, item.start, item.end):
                self._put(item, filling.lines_commented(self.data[item.start : item.end]))
        elif self.mode.kind == "block":
            self._put(item, filling.disarmed(self.data[item.start : item.end]))
        elif item.tag is not None and item.tag.kind == "value":
            self._put(item, filling.letters(self.data[item.start : item.end]), made_up=True)
        else:
            self._put(item, filling.spaces(self.data[item.start : item.end]), made_up=True)

    def _in_code(self, index: int, item: _Item) -> None:
        tag, data = item.tag, self.data[item.start : item.end]
        if tag is not None and tag.kind == "value":
            self._value(index, item, tag)
        elif tag is not None and tag.kind == "comment":
            self._put(item, filling.comment(data))
        elif item.ends:
            self._put(item, filling.placed(data, b";"))
            self.code.append((item.start, item.start + 1))
        elif self._touches_before(item.start) and self._begins_word(item.end):
            self._put(item, filling.joined(data), made_up=True)
        else:
            self._put(item, filling.blank(data), made_up=tag is None or tag.word in _DECIDING)

    def _value(self, index: int, item: _Item, tag: Tag) -> None:
        data = self.data[item.start : item.end]
        if renders_nothing(tag.text):
            self._put(item, filling.blank(data))
            return
        touches = self._touches_before(item.start), self._touches_after(index)
        stand = None if any(touches) else known(tag.text, self.dialect)
        if stand is None:
            before = ("(", "") if self.mode else self._before()
            after = self._after(index)
            lacks_query = before[0] == ")" and not after and self._lacks_query(item.start)
            stand = stand_in(tag.text, Around(before, after, *touches, lacks_query=lacks_query), self.dialect)
        if len(stand.text) > len(data):
            stand = name_for(tag.text)
        if stand == NOTHING:
            self._put(item, filling.blank(data), made_up=True)
            return
        self._put(item, filling.placed(data, stand.text, pad=stand.pad), made_up=True)
        if stand.text and not self.mode:
            self.code.append((item.start, item.end))

    def _put(self, item: _Item, text: bytes, *, made_up: bool = False) -> None:
        self.out[item.start : item.end] = text
        (self.replaced if made_up else self.rewritten).append((item.start, item.end))

    def _touches_before(self, start: int) -> bool:
        return start > 0 and self.out[start - 1] in _IN_WORD

    def _begins_word(self, position: int) -> bool:
        return position < len(self.data) and self.data[position] in _IN_WORD

    def _touches_after(self, index: int) -> bool:
        end = self.items[index].end
        following = self.items[index + 1] if index + 1 < len(self.items) else None
        if following is not None and following.start == end:
            tag = following.tag
            return tag is not None and tag.kind == "value" and not is_text(tag.text)
        return self._begins_word(end)

    def _lacks_query(self, end: int) -> bool:
        """Say whether the last statement before ``end`` has come to nothing but tables of WITH."""
        depth, first, lacks = 0, True, False
        for _, text in lex(self.out[:end].decode("utf-8", "replace"), self.dialect):
            word = text.lower()
            depth += (word == "(") - (word == ")")
            if word == ";":
                first, lacks = True, False
            elif depth == 0:
                lacks = word == "with" if first else lacks and word not in _MAIN
                first = False
        return lacks

    def _before(self) -> tuple[str, str]:
        """Return the last two words or signs before a value, the nearest first."""
        found: list[str] = []
        for place in range(len(self.code) - 1, -1, -1):
            start, end = self.code[place]
            words = self._last_words(start, end) if start >= 0 else (OPERAND,)
            if not words:
                # Comments and blanks: not to be looked at again for each value that follows.
                del self.code[place]
            found += words
            if len(found) >= 2:
                break
        return (*found, "", "")[0], (*found, "", "")[1]

    def _last_words(self, start: int, end: int) -> tuple[str, ...]:
        """Return the last two words or signs of a stretch of SQL, the last one first, or all there are."""
        told = self.words.get(start)
        if told is None:
            told = self.words[start] = tuple(itertools.islice(self._words_from_behind(start, end), 2))
        return told

    def _words_from_behind(self, start: int, end: int) -> Iterator[str]:
        pieces = []
        for match in self.passing.piece.finditer(self.out, start, end):
            pieces.append((match.start(), match.start(match.lastgroup) if match.lastgroup else match.end()))
            if match.lastgroup == "operand":
                pieces.append((-1, -1))
        for first, last in reversed(pieces):
            if first < 0:
                yield OPERAND
            else:
                # What was cut in two at the reach's edge is a name, or it is too far away to be asked for.
                yield from last_words(bytes(self.out[first:last]).rstrip()[-_REACH:])

    def _after(self, index: int) -> str:
        """Return the next word or sign after a value, past comments and tags that give nothing."""
        position = self.items[index].end
        for later in range(index + 1, len(self.items)):
            item = self.items[later]
            word = self._first_word(position, item.start)
            if word:
                return word
            if item.tag is not None and item.tag.kind == "value" and not renders_nothing(item.tag.text):
                return OPERAND
            position = item.end
        return self._first_word(position, len(self.data))

    def _first_word(self, start: int, end: int) -> str:
        trivia = _TRIVIA.match(self.data, start, end)
        first = trivia.end() if trivia else start
        if first >= end:
            return ""
        table = _TABLE.match(self.data, first, end)
        if table:
            return NEXT_TABLE if table["comma"] else TABLE
        return first_word(self.data[first : min(end, first + _REACH)])
