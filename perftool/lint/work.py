"""What goes to a worker and what comes back, as bytes."""

from __future__ import annotations

import msgspec

from perftool.lint.reading.surroundings import NOTHING, Beside
from perftool.lint.records import StatementRecord


class Work(msgspec.Struct, frozen=True, array_like=True, tag="statement", gc=False):
    """One statement to be analysed.

    ``fault`` is what the splitter found unclosed, ``replaced`` the ranges (in characters) that stand for a template's,
    ``unit`` 2 where its file is UTF-16.
    """

    dialect: str
    text: str
    fault: str = ""
    replaced: tuple[tuple[int, int], ...] = ()
    unit: int = 1


class Stretch(msgspec.Struct, frozen=True, array_like=True, tag="stretch", gc=False):
    """Statements of one file, each encoded, to be analysed one after the other; what comes back is a record of each."""

    statements: tuple[bytes, ...]


class FileWork(msgspec.Struct, frozen=True, array_like=True, tag="file", gc=False):
    """One file to be analysed.

    ``store`` is the path of the cache where statements may be known from earlier runs, "" where there is none;
    ``keys`` asks for the records of new statements, to be kept there, and ``salt`` belongs to their keys. ``sets``,
    ``ignored`` and ``extended`` choose the rules that apply to it. ``beside`` is what is known of it beside its bytes.
    """

    name: str
    dialect: str
    reason: str
    sets: tuple[str, ...]
    data: bytes
    max_statement: int
    store: str = ""
    keys: bool = False
    salt: bytes = b""
    ignored: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()
    beside: Beside = NOTHING


class FileResult(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What came of a file, and how its statements were come by.

    ``judged`` is its encoded ``JudgedFile`` where that stands whatever the project defines; else it is empty and
    ``record`` the encoded ``FileRecord``, to be judged when all files are known. ``definitions`` are its encoded
    ``Definitions``, empty where it has none. ``new`` are keys and records of statements that no cache had.
    """

    record: bytes
    judged: bytes
    definitions: bytes
    distinct: int
    repeated: int
    kept: int
    new: tuple[tuple[bytes, bytes], ...] = ()


encode = msgspec.msgpack.Encoder().encode
decode_work = msgspec.msgpack.Decoder(Work | Stretch | FileWork).decode
decode_result = msgspec.msgpack.Decoder(FileResult).decode
decode_records = msgspec.msgpack.Decoder(tuple[bytes, ...]).decode
decode_statement = msgspec.msgpack.Decoder(StatementRecord).decode


def encode_statement(work: Work) -> bytes:
    """Return ``work`` as bytes; lone surrogates, which stand for bytes that are no UTF-8, become question marks.

    They are rare, and every offset in characters stays where it is.
    """
    try:
        return encode(work)
    except UnicodeEncodeError:
        return encode(msgspec.structs.replace(work, text=work.text.encode("utf-8", "replace").decode()))
