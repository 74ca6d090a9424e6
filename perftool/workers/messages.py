"""What parent, nursery and workers say to each other, all as msgpack."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

HELLO: Final = 0
BROKEN: Final = -1
STATS: Final = -2


class Reply(msgspec.Struct, array_like=True, gc=False):
    """From a worker: the result of the ``number``-th item that it began, or one of HELLO, BROKEN and STATS.

    ``began`` is in nanoseconds of the monotonic clock, which all processes share. ``body`` is the result; with a
    ``failure`` its message in UTF-8.
    """

    number: int
    began: int = 0
    seconds: float = 0.0
    failure: str = ""
    body: bytes = b""


class Trouble(msgspec.Struct, array_like=True):
    """An error that travels: the name of its class, its message, its hint."""

    kind: str
    message: str
    hint: str = ""


class Load(msgspec.Struct, array_like=True, tag=True):
    """To the nursery: import what ``make`` names and prepare with ``settings`` (msgpack)."""

    make: str
    settings: bytes


class Fork(msgspec.Struct, array_like=True, tag=True):
    """To the nursery: a worker for ``place``, at the other end of the socket sent along."""

    place: int


class Kill(msgspec.Struct, array_like=True, tag=True):
    """To the nursery: end this worker at once, if it still lives."""

    pid: int


class Ready(msgspec.Struct, array_like=True, tag=True):
    """From the nursery: everything is imported and prepared."""


class Failed(msgspec.Struct, array_like=True, tag=True):
    """From the nursery: it cannot import or prepare."""

    trouble: Trouble


class Born(msgspec.Struct, array_like=True, tag=True):
    """From the nursery: the worker of ``place`` runs."""

    place: int
    pid: int


class Unborn(msgspec.Struct, array_like=True, tag=True):
    """From the nursery: the system gives no process for ``place``."""

    place: int
    message: str


class Died(msgspec.Struct, array_like=True, tag=True):
    """From the nursery: a worker ended; ``status`` is what ``waitpid`` says."""

    place: int
    pid: int
    status: int


Order: TypeAlias = Load | Fork | Kill
Notice: TypeAlias = Ready | Failed | Born | Unborn | Died

encode: Final = msgspec.msgpack.Encoder().encode
decode_reply: Final = msgspec.msgpack.Decoder(Reply).decode
decode_chunk: Final = msgspec.msgpack.Decoder(list[bytes]).decode
decode_stats: Final = msgspec.msgpack.Decoder(dict[str, float]).decode
decode_trouble: Final = msgspec.msgpack.Decoder(Trouble).decode
decode_order: Final = msgspec.msgpack.Decoder(Order).decode
decode_notice: Final = msgspec.msgpack.Decoder(Notice).decode
