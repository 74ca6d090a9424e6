"""One statement as rules see it: text, tree, tokens, and where things stand."""

from __future__ import annotations

import bisect
import functools
from typing import TYPE_CHECKING

from perftool.lint import queries
from perftool.lint.api import Finding
from perftool.lint.spans import Extents
from perftool.sql.nodes import exp
from perftool.sql.tokens import lexemes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from perftool.lint.api import Edit, Fact
    from perftool.lint.walking import Met
    from perftool.model.diagnostic import Severity
    from perftool.sql.nodes import Node
    from perftool.sql.tokens import Lexeme


class Statement:
    """A statement that was parsed.

    ``text`` is what was parsed; offsets count its characters. ``dialect`` is a canonical name, ``kind`` the type as
    ``perftool.sql.kinds`` gives it. ``replaced`` are half-open ranges where a template or a variable stood: what the
    text says there is made up. ``options`` are the thresholds of rules by name. ``met``
    is what a walk has met in ``tree``, where there was one.
    """

    def __init__(
        self,
        text: str,
        tree: Node,
        dialect: str = "",
        *,
        kind: str = "",
        replaced: Sequence[tuple[int, int]] = (),
        options: Mapping[str, int] | None = None,
        met: Met | None = None,
    ) -> None:
        self.text = text
        self.tree = tree
        self.dialect = dialect
        self.kind = kind
        self.replaced = replaced
        self.options = options or {}
        self._met = met
        self._classes: Set[type[Node]] | None = None
        self._tables: Sequence[Node] | None = None
        #: False where the whole statement is surely one SELECT without others in it.
        self.nests = met is None or len(met.columns) > 1 or not isinstance(tree, exp.Select)

    # Asked for in most statements: cached_property takes a lock the first time.
    @property
    def classes(self) -> Set[type[Node]]:
        """The classes of the nodes that rules ask about, common tables, subqueries and joins among them."""
        found = self._classes
        if found is None:
            met = self._met
            found = self._classes = met.classes if met is not None else {node.__class__ for node in self.tree.walk()}
        return found

    @property
    def tables(self) -> Sequence[Node]:
        """The tables that are written anywhere in the statement."""
        found = self._tables
        if found is None:
            met = self._met
            found = self._tables = met.of(exp.Table) if met is not None else list(self.tree.find_all(exp.Table))
        return found

    def own_columns(self, query: Node) -> Sequence[Node]:
        """Return the columns in the clauses of ``query`` itself, in the order of the text, not of queries inside."""
        own = self._met.columns.get(id(query)) if self._met is not None else None
        return queries.own_columns(query) if own is None else own

    @functools.cached_property
    def tokens(self) -> list[Lexeme]:
        """The significant tokens of the text. cost: one pass over the text, so only when something was found."""
        return lexemes(self.text, self.dialect)

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    def token_at(self, offset: int) -> int:
        """Return the index of the token that covers ``offset`` or is the next one; may be one past the last."""
        index = bisect.bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self.tokens[index].end:
            return index
        return index + 1

    def word_before(self, offset: int, *words: str) -> Lexeme | None:
        """Return the nearest token before ``offset`` that is one of ``words`` (in lower case)."""
        for index in range(min(self.token_at(offset), len(self.tokens)) - 1, -1, -1):
            if self.tokens[index].text.lower() in words:
                return self.tokens[index]
        return None

    def word_after(self, offset: int, *words: str) -> Lexeme | None:
        """Return the nearest token from ``offset`` on that is one of ``words`` (in lower case)."""
        for index in range(self.token_at(offset), len(self.tokens)):
            if self.tokens[index].text.lower() in words:
                return self.tokens[index]
        return None

    @functools.cached_property
    def extents(self) -> Extents:
        """The tokens with what is needed to find those of a node. cost: as ``tokens``."""
        return Extents(self.tokens)

    def span(self, node: Node) -> tuple[int, int]:
        """Return where ``node`` stands in the text, half-open; the whole statement where nothing of it has a place.

        An expression is whole: brackets around it, CASE … END, CAST(…), NOT, and NULL or a parameter at its ends are
        part of it. The keywords of clauses (WHERE, ORDER BY, SELECT) are not.
        cost: the tokens of the text the first time, then the nodes below.
        """
        found = self.extents.of(node)
        if found is None:
            return (0, len(self.text))
        return self.tokens[found[0]].start, self.tokens[found[1]].end

    def source(self, node: Node) -> str:
        """Return the text of ``node`` as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def is_made_up(self, start: int, end: int) -> bool:
        """Say whether a template or a variable stands anywhere between ``start`` and ``end``."""
        return any(a < end and start < b for a, b in self.replaced)

    def found(
        self,
        node: Node,
        message: str,
        *,
        help: str = "",  # noqa: A002  the field's word, as in Diagnostic
        edits: Sequence[Edit] = (),
        safe: bool = True,
        severity: Severity | None = None,
        facts: Mapping[str, Fact] | None = None,
        span: tuple[int, int] | None = None,
    ) -> Finding:
        """Return a finding that stands where ``node`` stands, or at ``span``."""
        start, end = span or self.span(node)
        return Finding(
            start=start,
            end=end,
            message=message,
            help=help,
            edits=tuple(edits),
            safe=safe,
            severity=severity,
            facts=dict(facts or {}),
        )
