"""Measure how deep a statement nests, and how long its chains are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.sql.tokens import lex

if TYPE_CHECKING:
    from perftool.sql.tokens import Token

BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
CLOSING: Final = frozenset(BRACKETS.values())
# Each takes the rest of its expression for its operand: it counts until something ends that expression.
PREFIXES: Final = frozenset({"not", "!", "prior", "interval", "any", "some", "all", "exists", "over", "create"})
# Each takes the next operand only: it counts as long as more of them follow at once.
SIGNS: Final = frozenset(
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
TYPES: Final = frozenset(
    {"array", "list", "lowcardinality", "map", "multiset", "nested", "nullable", "object", "range", "row", "struct",
     "table", "union", "vector"}
)  # fmt: skip
# After these words END is the name of a column, and a sign has one operand only.
_EXPECTING: Final = (
    PREFIXES | SIGNS | _RESERVED | {"case", "in", "like", "ilike", "between", "is", "if", "elsif", "escape"}
)
# Each goes on with what stands before it; in a row they make a tree that only grows deeper.
POSTFIXES: Final = frozenset({".", "::", "->", "->>", "is", "in", "isnull", "notnull"})


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
        if word in BRACKETS:
            if word == "[" and self.before == "]":
                self.link()
            self.open("array[" if word == "[" and self.before == "array" else word)
        elif word in CLOSING:
            self.close_bracket(word)
        elif word in SIGNS:
            # Between two operands a sign is no prefix.
            if not self.operand:
                self.signs += 1
                self.deepen()
            else:
                self.posts = 0
        else:
            # CASE and a prefix hold on to the signs before them, an operand ends their row.
            if word not in PREFIXES and word not in ("case", "if"):
                self.depth = max(self.depth - self.signs, self.floor)
            if word not in ("case", "if"):
                self.signs = 0
            if word in PREFIXES:
                # In IS NOT, a NOT IN and UNION ALL they stand between two operands.
                between = word == "not" and (self.operand or self.before == "is")
                if not between and not (word == "all" and self.before in _UNIONS):
                    self.deepen()
            elif kind == "word":
                self.keyword(word)
            elif kind == "operator" and word not in POSTFIXES:
                self.operator(word)
            if word in POSTFIXES:
                self.posts += 1
                self.longest = max(self.longest, self.posts)
        self.operand = word in CLOSING or (kind != "operator" and word not in _EXPECTING)
        self.before = word

    def keyword(self, word: str) -> None:
        """Take a word into account that is no prefix."""
        if self.operand and word not in POSTFIXES:
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
        elif sign == "<" and self.before in TYPES:
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
            if BRACKETS.get(self.close()[-1]) == closing:
                return
