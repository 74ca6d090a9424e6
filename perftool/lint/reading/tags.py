"""Find the tags of Jinja (and the like of Go) in a text, whatever language stands around them.

A scanner, not a pattern: it reads each byte once, knows strings and brackets inside a tag, and gives up on a tag that
is none. ``{{1,2},{3,4}}`` in PostgreSQL and ``LIKE '{%'`` are no tags. What stands between ``{% raw %}`` and
``{% endraw %}`` is read all the same: it is there for another template engine, or a later run of the same.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, cast

TagKind = Literal["comment", "statement", "value"]


class Tag(NamedTuple):
    """A tag, half-open byte offsets, its marks included.

    ``word`` is the statement's first word (those of Go templates in Jinja's words, ``end`` for any end). ``text`` is
    what stands between the marks, without white space and signs around it.
    """

    kind: TagKind
    start: int
    end: int
    word: str = ""
    text: bytes = b""


class Tags(NamedTuple):
    """What was found: ``note`` says what could not be read and why, ``stop`` is where reading ended for that."""

    found: list[Tag]
    note: str = ""
    stop: int = 0
    go: bool = False


_VALUE_HEAD: Final = (
    r"\{(?!\{)[-+]?+(?=\s|[A-Za-z_.$][\w.$]*+\s*+(?:[-+]?\}\}|[|(\[~])|['(\[]|\"[^\"{}]*+\"\s*+(?:if\b|[~|+]))"
)
_VALUE: Final = re.compile(rf"\{{{_VALUE_HEAD}".encode("ascii"))
_STATEMENT: Final = re.compile(rb"\{%[-+]?(?P<space>\s*+)(?P<word>[A-Za-z_]\w*+)")
_GO: Final = re.compile(
    rb"\{\{-?\s*+(?P<word>if(?=\s)|else(?:\s++(?:if|with)(?=\s))?+(?=\s|-?\}\})|end(?=\s*+-?\}\})"
    rb"|(?:range|with|define|block|template)(?=\s++[.$\"(]))"
)
_GO_HEAD: Final = r"\{-?\s*+(?:if|else|end|range|with|define|block|template|/\*)"
_GO_LIKE: Final = re.compile(rf"\{{{_GO_HEAD}".encode("ascii"))
_GO_COMMENT: Final = re.compile(rb"\{\{-?\s*+/\*")
_GO_WORDS: Final = {"range": "for", "define": "with", "block": "with", "template": "do"}
_BREAK: Final = re.compile(rb"\r\n?|\n")
# The next thing in a tag that matters for its end; a quote alone is one that nothing closes.
_EVENT: Final = re.compile(rb"'(?:[^'\\]|\\[\s\S])*+'|\"(?:[^\"\\]|\\[\s\S])*+\"|(?P<quote>['\"])|[(\[{]|[)\]}]|%\}")
# Most tags: strings without backslashes, and brackets at most two deep.
_QUOTED: Final = r"'[^'\\]*+'|\"[^\"\\]*+\""
_FLAT: Final = rf"(?:[^'\"()\[\]{{}}%]++|{_QUOTED}|%(?!\}}))*+"
_BRACKETS: Final = r"\({0}\)|\[{0}\]|\{{{0}\}}"
_INNER: Final = rf"(?:[^'\"()\[\]{{}}%]++|{_QUOTED}|%(?!\}})|{_BRACKETS.format(_FLAT)})*+"
_PLAIN: Final = rf"(?:[^'\"()\[\]{{}}%]++|{_QUOTED}|%(?!\}})|{_BRACKETS.format(_INNER)})*+"
_TO_END: Final = {
    b"}}": re.compile(rf"{_PLAIN}\}}\}}".encode("ascii")),
    b"%}": re.compile(rf"{_PLAIN}%\}}".encode("ascii")),
}
# The next tag. Most are taken whole, in the group of their kind; of the others the marks that open them.
_TAG: Final = re.compile(
    (
        rf"\{{(?:(?!{_GO_HEAD}){_VALUE_HEAD}{_PLAIN}\}}\}}(?P<value>)"
        rf"|%[-+]?+\s++(?P<word>[A-Za-z_]\w*+){_PLAIN}%\}}(?P<statement>)|[{{%#])"
    ).encode("ascii")
)
_CLOSING: Final = {b"(": b")", b"[": b"]", b"{": b"}"}
_STATEMENTS: Final = frozenset(
    {"if", "elif", "else", "endif", "for", "endfor", "set", "endset", "macro", "endmacro", "call", "endcall", "filter",
     "endfilter", "raw", "endraw", "snapshot", "endsnapshot", "test", "endtest", "docs", "enddocs", "do", "include",
     "import", "from", "extends", "block", "endblock", "materialization", "endmaterialization", "with", "endwith",
     "autoescape", "endautoescape", "break", "continue", "trans", "endtrans", "data_test", "enddata_test", "debug"}
)  # fmt: skip


def tags(data: bytes) -> Tags:
    """Return the tags of ``data`` in order.

    One that is never closed ends the reading: what it would have taken cannot be known.
    cost: linear in the data.
    """
    return _Scan(data).run()


class _Scan:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.found: list[Tag] = []
        self.open_go = 0
        self.go = False
        # Where the next end of a comment stands; -1 when there is none further on.
        self.comment_end = 0

    def run(self) -> Tags:
        data, add = self.data, self.found.append
        position = 0
        while match := _TAG.search(data, position):
            start, end = match.span()
            kind = match.lastgroup
            if kind is not None:
                word = "" if kind == "value" else match["word"].decode("ascii")
                add(Tag(cast("TagKind", kind), start, end, word, _inner(data, start, end)))
                position = end
                continue
            mark = match[0]
            if mark == b"{#":
                position = self._comment(start)
            elif mark == b"{%":
                position = self._statement(start)
            else:
                position = self._value(start)
            if position < 0:
                line = 1 + sum(1 for _ in _BREAK.finditer(self.data, 0, start))
                note = f"the tag {mark.decode()} in line {line} is never closed: tags stay from there on"
                return Tags(self.found, note, start, self.go)
        return Tags(self.found, go=self.go)

    def _comment(self, start: int) -> int:
        if 0 <= self.comment_end < start + 2:
            self.comment_end = self.data.find(b"#}", start + 2)
        if self.comment_end < 0:
            return start + 2
        end = self.comment_end + 2
        self.found.append(Tag("comment", start, end))
        return end

    def _statement(self, start: int) -> int:
        head = _STATEMENT.match(self.data, start)
        if head is None:
            return start + 2
        word = head["word"].decode("ascii")
        if word not in _STATEMENTS and not head["space"]:
            return head.end()
        end = self._end(head.end(), b"%}")
        if end <= 0:
            return -end or -1
        self.found.append(Tag("statement", start, end, word, _inner(self.data, start, end)))
        return end

    def _value(self, start: int) -> int:
        opened = _GO_LIKE.match(self.data, start)
        if opened is None:
            return self._jinja_value(start)
        comment = _GO_COMMENT.match(self.data, start)
        if comment:
            close = self.data.find(b"*/", comment.end())
            end = self.data.find(b"}}", close) if close >= 0 else -1
            if end < 0:
                return -1
            self.found.append(Tag("comment", start, end + 2))
            return end + 2
        control = _GO.match(self.data, start)
        if control and (control["word"] != b"end" or self.open_go):
            return self._go_statement(start, control)
        return self._jinja_value(start)

    def _jinja_value(self, start: int) -> int:
        head = _VALUE.match(self.data, start)
        if head is None:
            return start + 2
        end = self._end(head.end(), b"}}")
        if end <= 0:
            return -end or -1
        self.found.append(Tag("value", start, end, "", _inner(self.data, start, end)))
        return end

    def _go_statement(self, start: int, control: re.Match[bytes]) -> int:
        end = self._end(control.end(), b"}}")
        if end <= 0:
            return -end or -1
        self.go = True
        first, _, second = b" ".join(control["word"].split()).decode("ascii").partition(" ")
        word = "elif" if second else _GO_WORDS.get(first, first)
        if word in ("if", "for", "with"):
            self.open_go += 1
        elif word == "end":
            self.open_go -= 1
        self.found.append(Tag("statement", start, end, word, _inner(self.data, start, end)))
        return end

    def _end(self, position: int, close: bytes) -> int:
        """Return where a tag ends that is being read; 0 when nothing closes it; minus where it proved to be none."""
        data = self.data
        plain = _TO_END[close].match(data, position)
        if plain:
            return plain.end()
        stack: list[bytes] = []
        for event in _EVENT.finditer(data, position):
            sign = event[0]
            if event["quote"]:
                return 0
            if sign in _CLOSING:
                stack.append(_CLOSING[sign])
            elif sign == b"%}":
                if close == sign and not stack:
                    return event.end()
                if stack and stack[-1] == b"}":
                    stack.pop()
            elif sign in (b")", b"]", b"}"):
                if not stack:
                    if sign == b"}" and close == b"}}" and data[event.end() : event.end() + 1] == b"}":
                        return event.end() + 1
                    return -event.end()
                if stack.pop() != sign:
                    return -event.end()
        return 0


def _inner(data: bytes, start: int, end: int) -> bytes:
    return data[start + 2 : end - 2].strip(b"-+").strip()
