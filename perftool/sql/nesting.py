"""Refuse statements that would take the process down with them, or hold it for hours.

sqlglot's compiled parser recurses without Python's own guard: each level takes 0.3 to 3.2 KiB of the thread's stack,
and where the stack ends, so does the process (see docs/sql.md for what was measured). And two things double its work
each time: a JOIN without ON or USING (with 30.30: 16 in a row 0.17 s, 24 in a row 42 s), and ``ARRAY[`` in ``ARRAY[``
(12 deep 0.02 s, 16 deep 0.36 s, 24 deep a minute and a half).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import InputError
from perftool.sql.tokens import lex, scan

if TYPE_CHECKING:
    from perftool.sql.tokens import Token

DEEPEST: Final = 80
"""Half of what a thread with 512 KiB of stack stands of the worst construct, 162 of ORDER BY in sub-selects."""

LONGEST_CHAIN: Final = 250
"""Of subscripts, casts, dots, ``:=``, AT TIME ZONE and the like in one expression.

Some thousands end a thread with 512 KiB of stack, most of them when the tree is written out.
"""

MOST_OPEN_ARRAYS: Final = 12
MOST_OPEN_JOINS: Final = 12

_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSING: Final = frozenset(_BRACKETS.values())
# Each takes the rest of its expression for its operand: it counts until something ends that expression.
_PREFIXES: Final = frozenset({"not", "!", "prior", "interval", "any", "some", "all", "exists", "over", "create"})
# Each takes the next operand only: it counts as long as more of them follow at once.
_SIGNS: Final = frozenset(
    {"-", "+", "~", "@", "@@", "|", "/", "connect_by_root", "describe", "desc", "explain", "from", "binary"}
)
_RESERVED: Final = frozenset(
    {"and", "or", "when", "then", "else", "select", "where", "having", "on", "union", "except", "intersect"}
)
# These can be names as well: they end an expression where it is complete.
_STATEMENTS: Final = frozenset(
    {"if", "begin", "end", "set", "drop", "insert", "update", "delete", "alter", "declare", "exec", "execute", "print",
     "return", "values", "order", "group", "join", "grant", "go"}
)  # fmt: skip
# The bracket behind one of these is theirs: both count as one.
_INTRODUCING: Final = frozenset({"exists", "from", "over", "any", "some", "all"})
_UNIONS: Final = frozenset({"union", "except", "intersect"})
_TYPES: Final = frozenset(
    {"array", "list", "lowcardinality", "map", "multiset", "nested", "nullable", "object", "range", "row", "struct",
     "table", "union", "vector"}
)  # fmt: skip
# After these words END is the name of a column, and a sign has one operand only.
_EXPECTING: Final = (
    _PREFIXES | _SIGNS | _RESERVED | {"case", "in", "like", "ilike", "between", "is", "if", "elsif", "escape"}
)
# What depth is made of, for a bound without looking at tokens.
_SHORT: Final = 400
_FEW: Final = 40
_MAKERS: Final = (
    "(", "[", "{", "<", "!", "-", "+", "~", "@", "|", "/", "case", "not", "any", "some", "all", "prior", "interval",
    "exists", "over", "create", "then", "root", "desc", "explain", "from", "binary",
)  # fmt: skip


# The same, and what makes chains, as whole words.
_LINKING: Final = frozenset({"[", "between", "zone", ":=", ".", "::", "->", "->>", "is", "in", "isnull", "notnull"})
_COUNTED: Final = frozenset(_BRACKETS) | _PREFIXES | _SIGNS | _LINKING | {"case", "then", "<"}
_ENDING: Final = _CLOSING | {",", ";"}
_SIGN_MAKERS: Final = tuple(maker for maker in _MAKERS if not maker.isalpha())

_LINKS: Final = (":=", "zone", "between", ".", "::", "->", "is", "in")
_CONDITION: Final = re.compile(r"\b(?:on|using)\b")
# Bytes: three times what the worst level takes, and ten times what the worst link does.
_STACK_OF_A_LEVEL: Final = 10 << 10
_STACK_OF_A_LINK: Final = 4 << 10
# The time for x[1][1]… grows with the square of them: 2,000 take 8 s, 6,000 a minute and a half.
_MOST_SUBSCRIPTS: Final = 2_000

# Each goes on with what stands before it; in a row they make a tree that only grows deeper.
_POSTFIXES: Final = frozenset({".", "::", "->", "->>", "is", "in", "isnull", "notnull"})


class Shape(NamedTuple):
    """How deep a statement nests, ARRAY[ and JOINs without ON or USING apart, and how long its chains are."""

    depth: int
    chain: int
    arrays: int
    joins: int


class _Level(NamedTuple):
    """What was open before a bracket, CASE, IF … THEN or type was opened by ``kind``."""

    kind: str
    floor: int
    depth: int
    joins: int
    condition: str
    betweens: int
    chain: int
    posts: int


def shape(text: str, dialect: str = "") -> Shape:
    """Return how deep ``text`` nests; strings and comments are left out.

    Brackets, CASE, IF … THEN and types with ``<`` count until they are closed, NOT and its like until their expression
    ends, a row of signs until its operand. cost: one pass over the tokens.
    """
    walk = _Walk()
    # sqlglot parses what such a comment holds.
    for token in lex(text.replace("/*+", "   "), dialect):
        walk.step(token)
    return Shape(walk.deepest, max(walk.longest, text.count("|>")), walk.most_arrays, walk.most_joins)


class _Walk:
    """The state of one pass.

    ``depth`` holds everything open, ``floor`` what was open when the innermost level began, ``signs`` the row of signs
    that the last tokens were.
    """

    def __init__(self) -> None:
        self.levels: list[_Level] = []
        self.floor = self.depth = self.deepest = self.signs = 0
        self.arrays = self.most_arrays = 0
        self.joins = self.outer_joins = self.most_joins = 0
        self.betweens = self.chain = self.posts = self.longest = 0
        self.condition = ""
        self.before = ""
        self.operand = False

    def step(self, token: Token) -> None:
        """Take the next token into account."""
        kind, text = token
        word = text.lower() if kind in ("word", "operator") else ""
        if kind == "word" and self.before == ".":
            word = "name"
        if word in _BRACKETS:
            if word == "[" and self.before == "]":
                self.link()
            self.open("array[" if word == "[" and self.before == "array" else word)
        elif word in _CLOSING:
            self.close_bracket(word)
        elif word in _SIGNS:
            # Between two operands a sign is no prefix.
            if not self.operand:
                self.signs += 1
                self.deepen()
            else:
                self.posts = 0
        else:
            # CASE and a prefix hold on to the signs before them, an operand ends their row.
            if word not in _PREFIXES and word not in ("case", "if"):
                self.depth = max(self.depth - self.signs, self.floor)
            if word not in ("case", "if"):
                self.signs = 0
            if word in _PREFIXES:
                # In IS NOT, a NOT IN and UNION ALL they stand between two operands.
                between = word == "not" and (self.operand or self.before == "is")
                if not between and not (word == "all" and self.before in _UNIONS):
                    self.deepen()
            elif kind == "word":
                self.keyword(word)
            elif kind == "operator" and word not in _POSTFIXES:
                self.operator(word)
            if word in _POSTFIXES:
                self.posts += 1
                self.longest = max(self.longest, self.posts)
        self.operand = word in _CLOSING or (kind != "operator" and word not in _EXPECTING)
        self.before = word

    def keyword(self, word: str) -> None:
        """Take a word into account that is no prefix."""
        if self.operand and word not in _POSTFIXES:
            self.posts = 0
        if word == "end" and self.operand and self.levels and self.levels[-1].kind in ("case", "if"):
            self.close()
        elif word == "and" and self.betweens:
            self.betweens -= 1
        elif word in _RESERVED or (self.operand and word in _STATEMENTS):
            self.end_expression()
        if word == "case" and self.before != "end":
            self.open(word)
        elif word in ("if", "when", "elsif", "elseif"):
            self.condition = word if self.before != "end" else ""
        elif word == "then" and self.condition == "if":
            self.open("if")
        elif word == "join" and self.before not in ("cross", "natural"):
            self.joins += 1
            self.most_joins = max(self.most_joins, self.outer_joins + self.joins)
        elif word in ("on", "using"):
            self.joins = 0
        elif word == "between":
            self.betweens += 1
            self.link()
        elif word == "zone":
            self.link()

    def operator(self, sign: str) -> None:
        """Take an operator into account that is neither bracket nor prefix nor postfix."""
        self.posts = 0
        if sign in (",", ";"):
            # No CASE goes on beyond a comma outside its own brackets.
            while self.levels and self.levels[-1].kind in ("case", "if"):
                self.close()
            self.end_expression()
        elif sign == ":=":
            self.link()
        elif sign == "<" and self.before in _TYPES:
            self.open(sign)
        elif sign in (">", ">>"):
            for _ in sign:
                if self.levels and self.levels[-1].kind == "<":
                    self.close()

    def deepen(self) -> None:
        """Count one thing more."""
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)

    def link(self) -> None:
        """Count one link of a chain."""
        self.chain += 1
        self.longest = max(self.longest, self.chain)

    def end_expression(self) -> None:
        """Let go of what is open within the innermost level only."""
        self.depth = self.floor
        self.betweens = self.chain = self.posts = 0

    def open(self, kind: str) -> None:
        """Begin a level; the prefixes before it stay open as long as it does."""
        held = self.depth - self.signs
        self.levels.append(
            _Level(kind, self.floor, held, self.joins, self.condition, self.betweens, self.chain, self.posts)
        )
        self.outer_joins += self.joins
        self.joins = self.signs = self.betweens = self.chain = self.posts = 0
        self.condition = ""
        if self.before in _INTRODUCING and self.depth > self.floor:
            self.depth -= 1
        self.deepen()
        self.floor = self.depth
        self.arrays += kind == "array["
        self.most_arrays = max(self.most_arrays, self.arrays)

    def close(self) -> str:
        """End the innermost level and return what had opened it."""
        level = self.levels.pop()
        _, self.floor, self.depth, self.joins, self.condition, self.betweens, self.chain, self.posts = level
        self.outer_joins -= level.joins
        self.signs = 0
        self.arrays -= level.kind == "array["
        return level.kind

    def close_bracket(self, closing: str) -> None:
        """End all levels up to the bracket that ``closing`` closes; one that closes nothing counts for nothing."""
        while self.levels:
            if _BRACKETS.get(self.close()[-1]) == closing:
                return


def bound(text: str, dialect: str = "") -> tuple[int, int] | None:
    """Return more than the depth and the chain of ``shape``, or None where they cannot be bounded.

    A comma outside brackets of its own ends all but the brackets around it, nothing else ends anything.
    cost: one pass over the tokens, a sixth of what ``shape`` takes.
    """
    depth = deepest = floor = chain = longest = 0
    levels: list[tuple[str, int, int, int]] = []
    before = ""
    for word in scan(text.replace("/*+", "   "), dialect).words:
        if word in _COUNTED:
            if word == "<" and before in _TYPES:
                return None
            if word in _LINKING:
                chain += 1
                longest = max(longest, chain)
            if word in _BRACKETS:
                levels.append((_BRACKETS[word], floor, depth, chain))
                floor = depth + 1
            if word not in _POSTFIXES:
                depth += 1
                deepest = max(deepest, depth)
        elif word in _ENDING:
            if word in _CLOSING:
                if not levels:
                    continue
                closing, floor, depth, chain = levels.pop()
                if closing != word:
                    return None
            else:
                depth, chain = floor, 0
        before = word
    return deepest, max(longest, text.count("|>"))


def refuse_too_deep(text: str, dialect: str = "", *, stack: int = 0) -> None:
    """Raise InputError when ``text`` is more than the parser stands.

    ``stack``: it is parsed by the main thread of a process with so many bytes of stack, and whose death or delay costs
    this text alone. Much more is let through unmeasured then: 800 things that could nest for 8 MiB, of which such a
    stack stands 2,800.
    cost: a few searches where there is too little in the text to nest too deep, else one pass over the tokens.
    """
    if _fits(text, dialect, stack) if stack else _surely_shallow(text):
        return
    found = shape(text, dialect)
    if found.depth > DEEPEST:
        raise InputError(f"brackets, CASE, NOT and the like nest {found.depth:,} deep, over the limit of {DEEPEST}")
    if found.chain > LONGEST_CHAIN:
        raise InputError(
            f"{found.chain:,} links (subscripts, casts, dots, := …) in a chain, over the limit of {LONGEST_CHAIN:,}"
        )
    if found.arrays > MOST_OPEN_ARRAYS:
        raise InputError(f"ARRAY[ nests {found.arrays:,} deep, over the limit of {MOST_OPEN_ARRAYS}: too slow to parse")
    if found.joins > MOST_OPEN_JOINS:
        raise InputError(f"more than {MOST_OPEN_JOINS} JOINs without ON or USING: sqlglot would need hours")


def _fits(text: str, dialect: str, stack: int) -> bool:
    """Say whether ``text`` holds too little to overrun ``stack``, or to take hours; joins are counted at a glance."""
    most, size = stack // _STACK_OF_A_LEVEL, len(text)
    if size > _MOST_SUBSCRIPTS and text.count("[") > _MOST_SUBSCRIPTS:
        return False
    lowered = text.lower()
    if text.count("[") > MOST_OPEN_ARRAYS and lowered.count("array") > MOST_OPEN_ARRAYS:
        return False
    joins = lowered.count("join")
    if joins > MOST_OPEN_JOINS and joins - len(_CONDITION.findall(lowered)) > MOST_OPEN_JOINS:
        return False
    if size <= most:
        return True
    # A word that nests takes four characters with what parts it from the next.
    most_links = stack // _STACK_OF_A_LINK
    if size <= most_links and sum(map(text.count, _SIGN_MAKERS)) + size // 4 <= most:
        return True
    if sum(map(lowered.count, _LINKS)) <= most_links and sum(map(lowered.count, _MAKERS)) <= most:
        return True
    found = bound(text, dialect)
    return found is not None and found[0] <= most and found[1] <= most_links


def _surely_shallow(text: str) -> bool:
    """Say whether ``text`` holds too little to be refused, or to hurt if it were not."""
    if text.count("[") > MOST_OPEN_ARRAYS:
        return False
    lowered = text.lower()
    if lowered.count("join") > MOST_OPEN_JOINS:
        return False
    if len(text) <= _SHORT and sum(map(text.count, "([{!")) <= _FEW:
        return True
    chains = sum(map(lowered.count, _LINKS))
    return chains <= LONGEST_CHAIN and sum(map(lowered.count, _MAKERS)) <= DEEPEST
