"""Work on a database that Ctrl-C can stop: a library in the middle of a statement hears no signal."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

_LISTENING_S: Final = 0.5
_PATIENCE_S: Final = 5.0


def interruptible(work: Callable[[], Made], cancel: Callable[[], None]) -> Made:
    """Do ``work`` in a thread of its own and return what it returns; Ctrl-C calls ``cancel`` and waits for its end.

    Call it from the main thread, which hears signals only while no library holds it. ``cancel`` has to end the work;
    work that does not end within seconds is left alone, and a second Ctrl-C leaves it at once.
    raises: what the work raises; KeyboardInterrupt after Ctrl-C, whatever became of the work.
    """
    made: list[Any] = []
    failed: list[BaseException] = []
    ended = threading.Event()

    def run() -> None:
        try:
            made.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            failed.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=run, name="perftool-query", daemon=True)
    try:
        thread.start()
        while not ended.wait(_LISTENING_S):
            pass
    except KeyboardInterrupt:
        cancel()
        ended.wait(_PATIENCE_S)
        raise
    thread.join()
    if failed:
        raise failed[0]
    result: Made = made[0]
    return result
