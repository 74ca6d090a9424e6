"""Analyse one statement: parse it once, walk its tree once for all rules, read what it does to the schema."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.lint.api import Finding
from perftool.lint.filters import COUNTED_BY, filters
from perftool.lint.records import Coded, StatementRecord, layout
from perftool.lint.rulebook import thresholds
from perftool.lint.statement import Statement
from perftool.lint.walking import Met, Walker
from perftool.sql import ddl
from perftool.sql.kinds import kind_of_text, kind_of_tree
from perftool.sql.nodes import Node, exp
from perftool.sql.parsing import UNEXPECTED, Engine
from perftool.sql.releasing import empty, release
from perftool.sql.statements import UNCLOSED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.lint.api import Rule

RULE_FAILED: Final = "PT003"


class Analyser:
    """Analyses statements of one dialect with a fixed set of rules; not to be shared between threads.

    ``options`` are thresholds by name; those not given have their rule's default. ``stack``: see
    ``refusing.refuse_too_deep``.
    """

    def __init__(
        self,
        dialect: str,
        rules: Sequence[Rule],
        options: Mapping[str, int] | None = None,
        *,
        stack: int = 0,
    ) -> None:
        self.dialect = dialect
        self._engine = Engine(dialect, stack=stack)
        self._options = thresholds(rules, options)
        self._walker = Walker(dialect, rules)
        self._counts_filters = any(rule.code == COUNTED_BY for rule in rules)

    def analyse(
        self, text: str, *, fault: str = "", replaced: Sequence[tuple[int, int]] = (), unit: int = 1
    ) -> StatementRecord:
        """Return what is known of the statement ``text``; whatever it is, nothing is raised.

        ``fault`` is what the splitter found unclosed; ``replaced`` are the ranges (in characters) made up for a
        template's; ``unit`` is 2 where the file is UTF-16.
        """
        problem = UNCLOSED.get(fault, fault) or ("it holds a NUL byte" if "\0" in text else "")
        tree: Node | None = None
        trees: list[Node] = []
        if not problem:
            try:
                trees = self._engine.parse(text)
                tree = trees[0] if trees else None
            except InputError as error:
                problem = error.message
        kind = kind_of_tree(tree) or kind_of_text(text, self.dialect)
        found: list[Coded] = []
        met: Met | None = None
        if tree is not None:
            met = self._look(text, tree, kind, replaced, found)
        actions = ddl.read(text, kind, self.dialect, tree)
        speaks = bool(found or actions or problem)
        record = StatementRecord(
            kind=kind,
            findings=tuple(found),
            actions=actions,
            error=problem,
            opaque=isinstance(tree, exp.Command),
            layout=layout(text, unit=unit) if speaks else None,
            digest=text_digest(text) if speaks else "",
            replaced=tuple(replaced) if speaks else (),
            filters=self._filters(tree),
        )
        if met is None:
            release(trees)
        else:
            empty(met.insides)
            release(trees[1:])
        return record

    def _filters(self, tree: Node | None) -> tuple[tuple[str, str], ...]:
        if tree is None or not self._counts_filters:
            return ()
        try:
            return filters(tree)
        except UNEXPECTED:
            return ()

    def _look(
        self, text: str, tree: Node, kind: str, replaced: Sequence[tuple[int, int]], found: list[Coded]
    ) -> Met | None:
        """Ask the rules about the nodes of ``tree``; what they find goes to ``found``. Returns what was met."""
        try:
            met = self._walker.walk(tree)
        except UNEXPECTED as error:
            message = f"its tree cannot be walked ({type(error).__name__})"
            found.append(Coded(RULE_FAILED, Finding(start=0, end=0, message=message)))
            return None
        if not met.asked:
            return met
        at = Statement(
            text,
            tree,
            self.dialect,
            kind=kind,
            replaced=replaced,
            options=self._options,
            met=met,
        )
        for node, handlers in met.asked:
            for code, handler in handlers:
                try:
                    for one in handler(node, at):
                        if not replaced or _stands(one, at):
                            found.append(Coded(code, one))  # noqa: PERF401  what was found before a fault stays
                except UNEXPECTED as error:
                    # Damaged text gives trees that break their own accessors; a rule must not hide the others.
                    message = f"rule {code} could not look at this ({type(error).__name__}: {error})"
                    found.append(Coded(RULE_FAILED, Finding(start=0, end=0, message=message[:300])))
        return met


def text_digest(text: str) -> str:
    """Return a short name of ``text`` that stays when only its white space changes."""
    return blake2b(" ".join(text.split()).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _stands(finding: Finding, statement: Statement) -> bool:
    """Say whether a finding stands on what was really written, and not on what was put where a template was."""
    return not statement.is_made_up(finding.start, finding.end)
