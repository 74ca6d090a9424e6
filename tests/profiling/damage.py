"""Files as accidents and attackers leave them: bytes changed, cut out, put in and cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.profiling.capture import Capture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Return ``data`` with one to four accidents."""
    held = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(held) - 1, 0)))
        accident = draw(st.sampled_from(["change", "remove", "insert", "cut", "double"]))
        if accident == "change" and held:
            held[at] = draw(st.integers(0, 255))
        elif accident == "remove":
            del held[at : at + draw(st.integers(1, 9))]
        elif accident == "insert":
            held[at:at] = draw(st.binary(min_size=1, max_size=9))
        elif accident == "cut":
            del held[at:]
        else:
            held[at:at] = held[: draw(st.integers(0, 64))]
    return bytes(held)


def read_or_refused(read: Callable[[Path], Capture], path: Path, data: bytes) -> Capture | None:
    """Return the capture in a damaged file, None where it is refused: in one line that names the file."""
    path.write_bytes(data)
    try:
        capture = read(path)
    except InputError as error:
        message = error.message
    else:
        assert isinstance(capture, Capture)
        return capture
    assert str(path) in message
    assert "\n" not in message.replace(str(path), "")
    assert len(message) < 600
    return None
