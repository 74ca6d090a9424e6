"""What an output format of a stream is: how rows, engine-made text and Arrow batches become its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from perftool import discovery
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row

FORMATS: Final = "perftool.queries.formats"

Chunks = "Iterable[Sequence[Row]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write rows. Each source of rows that it can be made of is a function that yields pieces of bytes.

    ``rows`` takes columns and chunks of rows. ``copied`` takes text that the engine itself formatted as ``copies``
    ("csv", "ndjson"), None where it is of no use. ``batches`` takes a ``pyarrow.RecordBatchReader``, None where that
    is no faster. ``packed`` formats compress by themselves: no compression around them.
    ``typed`` ones have a type for each column. ``package`` is the module that turns batches into bytes. ``broken``
    is what is written after an error when what came before cannot be taken back: message and number of rows → bytes.
    """

    name: str
    suffixes: tuple[str, ...]
    summary: str
    rows: Callable[[Sequence[Column], Iterable[Sequence[Row]]], Iterator[bytes]]
    copies: Literal["", "csv", "ndjson"] = ""
    copied: Callable[[Iterable[bytes]], Iterator[bytes]] | None = None
    batches: Callable[[Any], Iterator[bytes]] | None = None
    packed: bool = False
    typed: bool = False
    package: str = ""
    broken: Callable[[str, int], bytes] | None = None


def names() -> tuple[str, ...]:
    """Return the names of every format."""
    return discovery.names(FORMATS)


def load(name: str) -> Format:
    """Return a format by its name.

    raises: UsageError naming the nearest.
    """
    found = discovery.load(FORMATS, name, "FORMAT", what="format of rows")
    assert isinstance(found, Format)
    return found


def for_suffix(suffix: str) -> Format:
    """Return the format of files that end in ``suffix`` (".csv").

    raises: UsageError naming the suffixes that are known.
    """
    formats = [load(name) for name in names()]
    for one in formats:
        if suffix.lower() in one.suffixes:
            return one
    known = ", ".join(suffix for one in formats for suffix in one.suffixes)
    said = f"the suffix {suffix!r} tells" if suffix else "a name without a suffix tells"
    raise UsageError(f"{said} no format of rows", hint=f"name it with --as, or use one of {known}")
