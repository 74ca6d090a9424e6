"""The file that the interpreter writes a byte to for every signal, ours too, while an event loop waits for others.

A loop that is busy for long does not read them. When the file is full, the interpreter complains on standard error,
and a signal that the program waits for is lost: so no more of ours are sent once it is filled up to a half.
"""

from __future__ import annotations

TYPE_CHECKING = False  # signal would load enum and re into the target
if TYPE_CHECKING:
    import signal as _signal
else:
    import _signal


# Of the 212,992 bytes that a socket pair holds on Linux, where a byte takes 768 of them.
_FULL_SOCKET = 100_000
_FULL_PIPE = 30_000
# Of Linux; elsewhere it is not known how full the file is.
_TIOCOUTQ = 0x5411
_FIONREAD = 0x541B


def current() -> int:
    """Return the file, -1 for none; must be called in the main thread."""
    # It can only be asked for by taking it away for a moment: no signal may come in it.
    blocked = _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
    try:
        file = _signal.set_wakeup_fd(-1)
        if file >= 0:
            _signal.set_wakeup_fd(file)
    except (OSError, ValueError):
        return -1  # the program has closed it
    finally:
        _signal.pthread_sigmask(_signal.SIG_SETMASK, blocked)
    return file


def crowded(file: int) -> bool:
    """Return whether so much waits to be read in ``file`` that no more should be added; True when nobody can say."""
    try:
        import array
        import fcntl
    except ImportError:
        return True
    for request, full in ((_TIOCOUTQ, _FULL_SOCKET), (_FIONREAD, _FULL_PIPE)):
        held = array.array("i", [0])
        try:
            fcntl.ioctl(file, request, held)
        except OSError:
            continue
        return held[0] > full
    return True
