"""Read transactions, settings, maintenance, and calls of code that is not looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from perftool.sql.actions import Call, Maintain, Name, Rename, SetOption, Transaction

if TYPE_CHECKING:
    from perftool.sql.actions import AnyAction
    from perftool.sql.ddl.cursor import Cursor

_STEPS: Final[dict[str, Literal["begin", "commit", "rollback"]]] = {
    "begin": "begin",
    "start": "begin",
    "commit": "commit",
    "end": "commit",
    "rollback": "rollback",
    "abort": "rollback",
}
_AFTER_BEGIN: Final = frozenset(
    {"", ";", "transaction", "tran", "work", "isolation", "read", "deferred", "immediate", "exclusive", "concurrent",
     "not", "deferrable", "distributed"}
)  # fmt: skip
_WORKS: Final[dict[str, Literal["refresh", "reindex", "vacuum", "cluster", "analyze", "optimize", "lock"]]] = {
    "refresh": "refresh",
    "reindex": "reindex",
    "vacuum": "vacuum",
    "cluster": "cluster",
    "analyze": "analyze",
    "analyse": "analyze",
    "optimize": "optimize",
    "lock": "lock",
}
_KINDS: Final = frozenset({"table", "tables", "index", "schema", "database", "system"})
_CONSTRAINT_NAMES: Final = ("pk_", "fk_", "df_", "uq_", "ck_", "ix_", "pk__", "df__")


def transaction(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read BEGIN, COMMIT, ROLLBACK; a savepoint or a block of statements is none of these."""
    start, verb = cursor.start, cursor.word
    cursor.skip()
    if verb == "start" and cursor.word != "transaction":
        return ()
    if verb == "begin" and cursor.word not in _AFTER_BEGIN:
        return ()
    if "savepoint" in cursor.words or "to" in cursor.words or (verb == "commit" and "prepared" in cursor.words):
        return ()
    return (Transaction(step=_STEPS[verb], start=start, end=cursor.last_end),)


def set_option(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read SET and RESET of a session's option."""
    start, verb = cursor.start, cursor.word
    cursor.skip()
    local = cursor.take("local")
    cursor.take_any(("session", "global", "persist"))
    if cursor.word.startswith("@@"):
        name = cursor.word.lstrip("@")
        cursor.skip()
        if cursor.take("."):
            name = cursor.identifier()
    elif cursor.take("time", "zone"):
        name = "timezone"
    else:
        found = cursor.name()
        name = str(found) if found else ""
    if not name:
        return ()
    if verb == "reset":
        return (SetOption(name=name, start=start, end=cursor.before),)
    cursor.take_any(("=", "to", ":="))
    first = cursor.index
    value = cursor.quote(first, cursor.size).strip().strip("'\"")
    return (SetOption(name=name, value=value, local=local, start=start, end=len(cursor.text)),)


def set_config(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read PostgreSQL's SELECT set_config('name', 'value', is_local), as pg_dump writes it."""
    start = cursor.start
    while not cursor.done and cursor.word != "set_config":
        cursor.index += 1
    if not cursor.take("set_config"):
        return ()
    parts = [item.texts[0].strip("'") for item in cursor.items()]
    if len(parts) < 2:
        return ()
    local = len(parts) > 2 and parts[2].lower() == "true"
    return (SetOption(name=parts[0].lower(), value=parts[1], local=local, start=start, end=cursor.before),)


def maintain(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read REFRESH, REINDEX, VACUUM, CLUSTER, ANALYZE, OPTIMIZE and LOCK."""
    start = cursor.start
    work = _WORKS[cursor.word]
    cursor.skip()
    options = " ".join(item.plain(0, item.size) for item in cursor.items())
    full = cursor.take("full") or "full" in options.split()
    cursor.take_any(("freeze",))
    cursor.take("verbose")
    cursor.take("analyze")
    kind = "materialized view" if cursor.take("materialized", "view") else cursor.take_any(_KINDS)
    keyword_end = cursor.before
    concurrently = cursor.take("concurrently") or "concurrently" in options.split()
    names = cursor.names()
    end = cursor.before
    mode = ""
    if cursor.take("in"):
        first = cursor.index
        cursor.skip_to(("mode",))
        mode = cursor.plain(first, cursor.index)
    elif work == "lock":
        mode = cursor.take_any(("read", "write"))
    found = Maintain(
        work=work,
        kind=kind,
        names=names,
        concurrently=concurrently,
        full=full,
        mode=mode,
        keyword_end=keyword_end,
        start=start,
        end=end,
    )
    return (found,)


def call(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Note that code runs which is not looked into; T-SQL's sp_rename is a definition like any other."""
    start, end, verb = cursor.start, cursor.last_end, cursor.word
    cursor.skip()
    name = cursor.name() if verb in ("exec", "execute") else None
    renamed = _sp_rename(cursor, start, end) if name is not None and name.name == "sp_rename" else None
    return (renamed or Call(verb="exec" if verb == "execute" else verb, start=start, end=end),)


def _sp_rename(cursor: Cursor, start: int, end: int) -> Rename | None:
    """Read EXEC sp_rename 'schema.table.column', 'new', 'COLUMN', its arguments by place or by name."""
    given = [text.lstrip("nN").strip("'") for text in cursor.strings()]
    if len(given) < 2:
        return None
    old = [part.strip('[]"').lower() for part in given[0].split(".")]
    kind = given[2].lower() if len(given) > 2 else "object"
    new = given[1].lower()
    if kind == "object":
        # Constraints are objects as well; their names are all that tells them from tables.
        kind = "constraint" if old[-1].startswith(_CONSTRAINT_NAMES) else "table"
        return Rename(kind=kind, table=Name(old[-1], ".".join(old[:-1])), old=old[-1], new=new, start=start, end=end)
    owner = Name(old[-2], ".".join(old[:-2])) if len(old) > 1 else None
    return Rename(kind=kind, table=owner, old=old[-1], new=new, start=start, end=end)
