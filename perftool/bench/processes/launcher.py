"""The tiny process that starts the measured commands. Run by path; it imports built-in modules only.

Linux carries a process's peak memory across exec: a command started by perftool itself would report perftool's
40 MB and more. A fork of this interpreter holds about 5 MB when it executes the command, which is the floor of what
is reported. posix_spawn shares the parent's memory until exec, 9 MB. It is quicker by 0.5 ms, most of which goes where
the clock starts only when the fork is ready to execute.

Requests and replies are marshalled tuples after a length of four bytes, on standard input and output.
"""

# The public signal module imports enum, functools and re: a megabyte in every command's memory floor.
import _signal as signal  # type: ignore[import-not-found]
import gc
import marshal
import posix
import sys
import time

_EXEC_FAILED = 127
_Request = tuple[bytes, list[bytes], dict[bytes, bytes], bytes | None, str]
_running: list[int] = []
_leave = getattr(posix, "_exit")  # noqa: B009


def _read(fd: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = posix.read(fd, size - len(data))
        if not chunk:
            _leave(0)
        data += chunk
    return data


def _request() -> _Request:
    size = int.from_bytes(_read(0, 4), "little")
    request: _Request = marshal.loads(_read(0, size))  # noqa: S302
    return request


def _failure(fd: int) -> int:
    """Return the errno of a failed exec, 0 where the command itself ended with 127."""
    try:
        return int.from_bytes(posix.read(fd, 4), "little")
    except BlockingIOError:
        return 0


def _drain(drained: int, stdout: int) -> int:
    """Start a reader that throws away what comes, and return its process id."""
    pid = posix.fork()
    if pid == 0:
        posix.close(stdout)
        posix.close(1)
        while posix.read(drained, 65536):
            pass
        _leave(0)
    posix.close(drained)
    return pid


def _end(_signal: int, _frame: object) -> None:
    """Kill the command and collect it, so that its CPU time is known as this group's, then leave."""
    try:
        for pid in _running:
            posix.kill(pid, signal.SIGKILL)
            posix.waitpid(pid, 0)
    except OSError:
        # It ended by itself and was collected just now.
        _leave(0)
    _leave(0)


def _watch_parent() -> None:
    """Kill this group when perftool is gone: nobody would stop a command that never ends."""
    parent = posix.getppid()

    def check(_signal: int, _frame: object) -> None:
        if posix.getppid() != parent:
            posix.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGALRM, check)
    signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)


def _serve(errors: int) -> None:
    # Only exec failures travel here, read after the child's end: a pipe per run would cost a wake-up in the timing.
    failed_read, failed_write = posix.pipe()
    posix.set_blocking(failed_read, False)
    ready_read, ready_write = posix.pipe()
    go_read, go_write = posix.pipe()
    to_bytes = 1 if sys.platform == "darwin" else 1024
    null = posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC)
    drains: list[int] = []
    while True:
        path, argv, environment, source, output = _request()
        stdin = posix.open(source, posix.O_RDONLY | posix.O_CLOEXEC) if source else null
        if output == "pipe":
            drained, stdout = posix.pipe()
            drains.append(_drain(drained, stdout))
        else:
            stdout = 2 if output == "inherit" else null
        stderr = 2 if output == "inherit" else errors
        child = posix.fork()
        if child == 0:
            try:
                posix.dup2(stdin, 0)
                posix.dup2(stdout, 1)
                posix.dup2(stderr, 2)
                posix.write(ready_write, b".")
                posix.read(go_read, 1)
                posix.execve(path, argv, environment)
            except OSError as error:
                posix.write(failed_write, (error.errno or 255).to_bytes(4, "little"))
            finally:
                _leave(_EXEC_FAILED)
        _running.append(child)
        posix.read(ready_read, 1)
        started = time.perf_counter()
        posix.write(go_write, b".")
        _, status, usage = posix.wait4(child, 0)
        wall = time.perf_counter() - started
        _running.clear()
        if output == "pipe":
            posix.close(stdout)
            # Not waited for: a daemon that the command left behind may hold the pipe open.
            drains = [pid for pid in drains if posix.waitpid(pid, posix.WNOHANG)[0] == 0]
        if stdin != null:
            posix.close(stdin)
        code = posix.waitstatus_to_exitcode(status)
        failure = _failure(failed_read) if code == _EXEC_FAILED else 0
        reply = marshal.dumps((wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss * to_bytes, code, failure))
        posix.write(1, len(reply).to_bytes(4, "little") + reply)


if __name__ == "__main__":
    gc.disable()
    # The first fork of a process is slow; it should not be the first command's.
    warm = posix.fork()
    if warm == 0:
        _leave(0)
    posix.waitpid(warm, 0)
    # Python ignores SIGPIPE and SIGXFSZ, and an ignored signal stays ignored in the command.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _end)
    _watch_parent()
    _serve(int(sys.argv[1]))
