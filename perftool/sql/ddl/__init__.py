"""Read what a statement does to the schema or the session from its tokens, whatever sqlglot makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.sql.ddl import altering, creating, dropping, maintaining, writing
from perftool.sql.ddl.cursor import Cursor
from perftool.sql.tokens import scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.sql.actions import AnyAction
    from perftool.sql.nodes import Node

    Reader = Callable[[Cursor], tuple[AnyAction, ...]]

_LARGEST: Final = 1 << 18
_SHORT: Final = 1 << 12
_HEADS: Final = (192, 1 << 10)
_WHOLE: Final = frozenset({"CREATE", "CREATE TABLE", "CREATE INDEX"})
_BODIED: Final = frozenset({"ALTER FUNCTION", "ALTER PROCEDURE", "ALTER TRIGGER", "ALTER VIEW"})
#: Words behind the last one that was passed, which may have been looked at.
_AHEAD: Final = 5

_READERS: Final[dict[str, Reader]] = {
    "create": creating.create,
    "alter": altering.alter,
    "drop": dropping.drop,
    "truncate": dropping.truncate,
    "rename": dropping.rename,
    **dict.fromkeys(("begin", "start", "commit", "end", "rollback", "abort"), maintaining.transaction),
    **dict.fromkeys(("set", "reset"), maintaining.set_option),
    **dict.fromkeys(
        ("refresh", "reindex", "vacuum", "cluster", "analyze", "analyse", "optimize", "lock"), maintaining.maintain
    ),
    **dict.fromkeys(("do", "call", "exec", "execute"), maintaining.call),
    "copy": writing.copy,
    "load": writing.load,
}


def read(text: str, kind: str, dialect: str = "", tree: Node | None = None) -> tuple[AnyAction, ...]:
    """Return what the statement ``text`` does, in the order of its text; () for a query or what is not understood.

    ``kind`` is its type (``perftool.sql.kinds``); ``tree``, where it was parsed, tells of INSERT, UPDATE, DELETE and
    MERGE. Clauses that are not understood are passed over; nothing is raised.
    cost: one pass over the tokens of definitions, none for queries; nothing is read in texts over 256 KiB.
    """
    verb = kind.partition(" ")[0].lower()
    if verb == "select" and len(text) < _SHORT and "set_config" in text.lower():
        return maintaining.set_config(Cursor(text, scan(text, dialect), dialect))
    if tree is not None and verb in writing.VERBS:
        return writing.of_tree(text, tree)
    reader = _READERS.get(verb)
    if reader is None or len(text) > _LARGEST:
        return ()
    # Of a view or a function nothing but its name is read.
    headed = kind not in _WHOLE if verb == "create" else kind in _BODIED
    heads = _HEADS if headed else (len(text),)
    found: tuple[AnyAction, ...] = ()
    for head in heads:
        cursor = Cursor(text, scan(text[:head], dialect), dialect)
        if not cursor.size or cursor.texts[0].lower() != verb:
            # A bracket before the verb: a query may stand so, a definition may not.
            return ()
        found = reader(cursor)
        # What was read or looked at stands before the last token, which may be cut.
        if head >= len(text) or cursor.index < cursor.size - _AHEAD:
            break
    return found
