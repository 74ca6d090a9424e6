"""Read a file that only defines tables: what each of its statements does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.sql import ddl
from perftool.sql.kinds import kind_of_text
from perftool.sql.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.sql.actions import AnyAction


def read(data: bytes, name: str, dialect: str) -> Iterator[tuple[AnyAction, ...]]:
    """Yield what each statement of the schema ``data`` does; ``name`` is the file for messages.

    raises: InputError when it cannot be text.
    """
    for one in Source.of(data, name=name).texts(dialect):
        if one.text is not None:
            yield ddl.read(one.text, kind_of_text(one.text, dialect), dialect)
