"""Cut SQL text into tokens by perftool's own rules, which no release of sqlglot can change.

The fingerprint and the number of tokens in a benchmark stand on these; trees are made from sqlglot's tokens.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from perftool.sql import patterns
from perftool.sql.lexis import lexis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TokenKind = Literal["string", "quoted", "number", "word", "parameter", "operator"]
Token = tuple[TokenKind, str]


class Lexeme(NamedTuple):
    """A token with its place: half-open offsets, in characters, into the text that it was cut from."""

    kind: TokenKind
    text: str
    start: int
    end: int


_NUMBER: Final = (
    r"0[xX][0-9A-Fa-f]++|(?:[0-9][0-9_]*+(?:\.(?!\.)[0-9_]*+)?|(?<!\.)\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9]++)?"
)
_OPERATOR: Final = (
    r"::|:=|->>|->|#>>|#>|<=>|<=|>=|<>|!=|\|\||&&|==|=>|\*\*|~~\*|~~|!~~\*|!~~|!~\*|!~|~\*|@>|<@|@\?|@@|\?\||\?&|<<|>>"
)
_KINDS: Final[dict[str, TokenKind]] = {
    "word": "word",
    "mark": "operator",
    "string": "string",
    "quoted": "quoted",
    "number": "number",
    "name": "word",
    "parameter": "parameter",
    "operator": "operator",
}
_WORDS: Final = frozenset({"word", "operator"})
# What begins so is a string, a quoted name or a number.
_NO_WORD: Final = frozenset("'\"0123456789")
#: Tokens whose words are remembered for each dialect.
_MOST_KNOWN: Final = 20_000
#: Numbers and strings of so few characters come again and again.
_SHORT: Final = 3
_DIGITS: Final = "0123456789"
_CLOSING: Final = {"[": "]", "{": "}", "(": ")", "<": ">"}
_BLOCK_EDGE: Final = re.compile(r"/\*|\*/")


def lex(text: str, dialect: str = "") -> Iterator[Token]:
    """Yield the significant tokens of ``text`` as (kind, text); white space and comments are left out.

    Never fails: what fits nothing is an operator of one character, and an unterminated string or comment ends with
    the text. ``dialect`` is a canonical name.
    cost: linear in the text.
    """
    scanner = _scanner(dialect)
    nested = lexis(dialect).nested_comments
    position: int | None = 0
    while position is not None:
        start, position = position, None
        for match in scanner.finditer(text, start):
            group = match.lastgroup or ""
            kind = _KINDS.get(group)
            if kind is not None:
                yield kind, match[group]
            elif group == "block":
                position = _comment_end(text, match.end(), nested=nested)
                break
            elif group in ("q", "dollar"):
                position = _delimited_end(text, match[group], match.end())
                yield "string", text[match.start(group) : position]
                break


def lexemes(text: str, dialect: str = "") -> list[Lexeme]:
    """Return the significant tokens of ``text`` with their places; otherwise as ``lex``.

    cost: linear in the text.
    """
    found: list[Lexeme] = []
    add, make, kinds = found.append, tuple.__new__, _KINDS
    scanner = _scanner(dialect)
    position: int | None = 0
    while position is not None:
        start, position = position, None
        for match in scanner.finditer(text, start):
            group = match.lastgroup
            kind = kinds.get(group)  # type: ignore[arg-type]
            if kind is not None:
                begin, end = match.span(group)  # type: ignore[arg-type]
                # Made as tuples are: calling the class takes as long as all the rest.
                add(make(Lexeme, (kind, match[group], begin, end)))  # type: ignore[index]
            elif group in ("block", "q", "dollar"):
                begin = match.start(group)
                position = _special_end(text, match, group, dialect)
                if group != "block":
                    add(Lexeme("string", text[begin:position], begin, position))
                break
    return found


class Scan(NamedTuple):
    """The significant tokens of a text, as lists side by side.

    ``words`` holds words and operators in lower case and "" for any other token, ``texts`` all of them as written,
    ``starts`` and ``ends`` their half-open offsets in characters.
    """

    words: list[str]
    texts: list[str]
    starts: list[int]
    ends: list[int]


def scan(text: str, dialect: str = "") -> Scan:
    """Return the significant tokens of ``text`` side by side; otherwise as ``lexemes``.

    cost: linear in the text; half of ``lexemes`` where no dollar quote or nested comment stands in it.
    """
    cutter, marks, specials, known = _cutter(dialect)
    if any(map(text.__contains__, specials)):
        return _scan_of(lexemes(text, dialect))
    # Each with the blanks before it, the last what stands at the end: their lengths tell where each ends.
    parts = cutter.findall(text)
    ends = list(itertools.accumulate(map(len, parts)))
    texts = list(map(str.lstrip, parts))
    while texts and not texts[-1]:
        texts.pop()
    starts = list(map(operator.sub, ends, map(len, texts)))
    if len(ends) > len(texts):
        del ends[len(texts) :]
    if any(map(text.__contains__, marks)):
        kept = [not token.startswith(marks) for token in texts]
        if text.count("/*") > 1 and _nests(texts, kept, dialect):
            return _scan_of(lexemes(text, dialect))
        texts = list(itertools.compress(texts, kept))
        starts, ends = list(itertools.compress(starts, kept)), list(itertools.compress(ends, kept))
    if len(known) > _MOST_KNOWN:
        known.clear()
    return Scan(list(map(known.__getitem__, texts)), texts, starts, ends)


class _Known(dict[str, str]):
    """Tokens of a dialect and the words that they are, "" for none; what it does not hold it learns."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect

    def __missing__(self, token: str) -> str:
        if token[0] in _NO_WORD:
            if len(token) <= _SHORT:
                self[token] = ""
            return ""
        plain = token.isascii() and token.isidentifier()
        word = token.lower() if plain or kind_of_token(token, self._dialect) in _WORDS else ""
        self[token] = word
        return word


def _nests(texts: Iterable[str], kept: Iterable[bool], dialect: str) -> bool:
    """Say whether a block comment holds the beginning of another one."""
    return lexis(dialect).nested_comments and any(
        "/*" in token[2:] for token, keep in zip(texts, kept, strict=True) if not keep and token[0] == "/"
    )


def _scan_of(found: Sequence[Lexeme]) -> Scan:
    words = [token.lower() if kind in _WORDS else "" for kind, token, _, _ in found]
    return Scan(words, [one[1] for one in found], [one[2] for one in found], [one[3] for one in found])


def kind_of_token(token: str, dialect: str = "") -> TokenKind:
    """Return what kind of token the text of a single one is."""
    for kind, _ in lex(token, dialect):
        return kind
    return "operator"


def comments(text: str, dialect: str = "") -> Iterator[tuple[int, int]]:
    """Yield where each comment of ``text`` starts and ends, its marks included; strings are not mistaken for one."""
    return ((start, end) for group, start, end in _placed(text, dialect) if group == "comment")


def count_tokens(text: str, dialect: str = "") -> int:
    """Return the number of significant tokens in ``text``."""
    return sum(1 for _ in lex(text, dialect))


def _placed(text: str, dialect: str) -> Iterator[tuple[str, int, int]]:
    """Yield group, start and end of tokens and comments."""
    scanner = _scanner(dialect)
    nested = lexis(dialect).nested_comments
    position: int | None = 0
    while position is not None:
        start, position = position, None
        for match in scanner.finditer(text, start):
            group = match.lastgroup or ""
            if group == "block":
                position = _comment_end(text, match.end(), nested=nested)
                yield "comment", match.start(group), position
                break
            if group in ("q", "dollar"):
                position = _delimited_end(text, match[group], match.end())
                yield "string", match.start(group), position
                break
            if group:
                yield group, *match.span(group)


@functools.cache
def _scanner(dialect: str) -> re.Pattern[str]:
    groups = _groups(dialect)
    # The end of the text is a match as well: a search that finds nothing would try every blank once more.
    return re.compile(rf"[\s\x00]*+(?:{'|'.join(f'(?P<{group}>{pattern})' for group, pattern in groups)}|\Z)")


@functools.cache
def _cutter(dialect: str) -> tuple[re.Pattern[str], tuple[str, ...], tuple[str, ...], _Known]:
    """Return what cuts text without strings of their own delimiters, how comments start, what must not be in it.

    The last is a memory of words.
    """
    habits = lexis(dialect)
    specials = ["\0"]
    if habits.dollar != "none":
        specials.append("$")
    if habits.q_quotes:
        specials += ["q'", "Q'"]
    groups = dict(_groups(dialect)) | {"block": r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"}
    plain = "|".join(pattern for group, pattern in groups.items() if group not in ("q", "dollar"))
    # The end is a match as well: a search that finds nothing would try every blank once more.
    return re.compile(rf"\s*+(?:{plain}|\Z)"), ("/*", *habits.line_comments), tuple(specials), _Known(dialect)


def _groups(dialect: str) -> list[tuple[str, str]]:
    """Return the names and patterns of all that a text is made of, in the order in which they are tried."""
    habits = lexis(dialect)
    start, part, inner = patterns.word_class(), patterns.word_class(_DIGITS), patterns.word_class(_DIGITS + "$@#")
    strings = []
    if habits.escape_strings:
        strings.append("[eE]" + patterns.quoted("'", backslash=True))
    prefix = "(?:[uU]&|[rR][bB]?|[bB][rR]?|[nNxX])?"
    if habits.triple_quotes:
        strings += [prefix + patterns.tripled("'"), prefix + patterns.tripled('"')]
    strings.append(prefix + patterns.quoted("'", backslash=habits.backslash))
    quoted: list[str] = []
    (strings if habits.double_quoted_strings else quoted).append(
        (prefix if habits.double_quoted_strings else "(?:[uU]&)?")
        + patterns.quoted('"', backslash=habits.double_quoted_strings and habits.backslash)
    )
    if habits.backticks:
        quoted.append(patterns.quoted("`", backslash=False))
    if habits.brackets:
        quoted.append(patterns.quoted("[", close="]", backslash=False))
    name = rf"(?:{start}|[@#]{{1,2}}{part}){inner}*+"
    groups = [
        # Most tokens first; a word right before a quote may be a prefix of the string.
        ("word", rf"{start}{inner}*+(?!['\"&])"),
        ("mark", r"[,();]"),
        ("comment", patterns.line_comment(habits)),
        ("block", r"/\*"),
        ("q", r"[nN]?[qQ]'[^\s']" if habits.q_quotes else None),
        ("dollar", patterns.dollar_open(habits, start, part)),
        ("string", "|".join(strings)),
        ("quoted", "|".join(quoted)),
        ("number", _NUMBER),
        ("name", name),
        ("parameter", rf"\$[0-9]++|\?[0-9]*+(?![|&])|(?<![:\w]):{part}{part}*+|%s|%\([^()\s]*+\)s"),
        ("operator", _OPERATOR + r"|[^\s\x00]"),
    ]
    return [(group, pattern) for group, pattern in groups if pattern]


def _special_end(text: str, match: re.Match[str], group: str, dialect: str) -> int:
    """Return where a block comment or a string with delimiters of its own ends, whose opening was matched."""
    if group == "block":
        return _comment_end(text, match.end(), nested=lexis(dialect).nested_comments)
    return _delimited_end(text, match[group], match.end())


def _comment_end(text: str, position: int, *, nested: bool) -> int:
    if not nested:
        end = text.find("*/", position)
        return len(text) if end < 0 else end + 2
    depth = 1
    for edge in _BLOCK_EDGE.finditer(text, position):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)


def _delimited_end(text: str, opening: str, position: int) -> int:
    closing = opening if opening[0] == "$" else _CLOSING.get(opening[-1], opening[-1]) + "'"
    end = text.find(closing, position)
    return len(text) if end < 0 else end + len(closing)
