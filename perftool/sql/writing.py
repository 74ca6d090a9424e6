"""Write trees as SQL of a dialect, and tell what the dialect has no words for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot.expressions import Expr


class Writer:
    """A generator of one dialect (a canonical name), made once; not to be shared between threads."""

    def __init__(self, dialect: str, *, pretty: bool) -> None:
        from sqlglot import ErrorLevel
        from sqlglot.dialects.dialect import Dialect

        self._generator = Dialect.get_or_raise(dialect).generator(pretty=pretty, unsupported_level=ErrorLevel.IGNORE)

    def write(self, trees: Iterable[Expr]) -> tuple[str, list[str]]:
        """Return the text of ``trees``, and one line for each thing that could not be said, each once.

        raises: what ``perftool.sql.parsing.UNEXPECTED`` names, for trees of damaged text.
        """
        texts: list[str] = []
        unsupported: list[str] = []
        for tree in trees:
            texts.append(self._generator.generate(tree, copy=True))
            unsupported += self._generator.unsupported_messages
        return ";\n".join(texts), list(dict.fromkeys(unsupported))
