"""Hold records of large files in less room: hundreds of thousands of statements are much alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from perftool.lint.records import FileRecord, Layout, Placed, StatementRecord
from perftool.sql.actions import AnyAction, Write

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE: Final = 1 << 20
"""Bytes of an encoded file from which on it is worth the time."""

_statement: Final = msgspec.msgpack.Decoder(StatementRecord).decode
_whole: Final = msgspec.msgpack.Decoder(FileRecord).decode


class _Loose(NamedTuple):
    """A ``Placed`` whose record is not decoded yet."""

    start: int
    end: int
    line: int
    column: int
    record: msgspec.Raw
    number: int = -1


_parts: Final = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_placed: Final = msgspec.msgpack.Decoder(_Loose).decode
_PLACE: Final = FileRecord.__struct_fields__.index("statements")


class Sharing:
    """Decodes statements' records and holds equal parts of them once."""

    def __init__(self) -> None:
        self._actions: dict[tuple[AnyAction, ...], tuple[AnyAction, ...]] = {}
        self._layouts: dict[Layout, Layout] = {}
        self._kinds: dict[str, str] = {}

    def decode(self, data: bytes | msgspec.Raw) -> StatementRecord:
        """Return the record in ``data``."""
        one = _statement(data)
        actions, layout = one.actions, one.layout
        if len(actions) == 1 and actions[0].__class__ is Write:
            actions = self._actions.setdefault(actions, actions)
        if layout is not None:
            layout = self._layouts.setdefault(layout, layout)
        kind = self._kinds.setdefault(one.kind, one.kind)
        return msgspec.structs.replace(one, kind=kind, actions=actions, layout=layout)


def decode_file(data: bytes) -> FileRecord:
    """Return the record of a file in ``data``, its statements sharing what is equal in them if they are many."""
    if len(data) < LARGE:
        return _whole(data)
    parts = _parts(data)
    statements = parts[_PLACE]
    parts[_PLACE] = msgspec.Raw(msgspec.msgpack.encode(()))
    file = _whole(msgspec.msgpack.encode(parts))
    return msgspec.structs.replace(file, statements=tuple(_shared(statements)))


def _shared(statements: msgspec.Raw) -> Iterator[Placed]:
    sharing = Sharing()
    for one in msgspec.msgpack.decode(statements, type=list[msgspec.Raw]):
        start, end, line, column, record, number = _placed(one)
        yield Placed(start, end, line, column, sharing.decode(record), number)
