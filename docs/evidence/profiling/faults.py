"""What does ``perftool profile`` say and leave behind when something goes wrong? Each fault is made to happen.

    python docs/evidence/profiling/faults.py [WORD ...]

prints a table: the fault, perftool's exit code and what was expected, whether the capture holds the busy function, the
line that perftool said, and what was left behind: temporary files, processes that still know the plan, and in a process
that was joined its threads, descriptors and signal handlers. With WORDs only faults whose name holds one of them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perftool.profiling import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BURN = """
import os, signal, sys, threading, time
def busy(seconds=0.5):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(i * i for i in range(200))
"""
NOBODY = 65534
PATIENCE_S = 120


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong: the target's ``code``, what is expected, and what is done meanwhile.

    ``exit`` is the expected return code (negative: a signal), ``says`` a part of a line on standard error, "" where
    perftool has nothing to say. ``during`` is called with perftool's process once the target is ready. ``stays`` is for
    a target that leaves a process of its own behind.
    """

    name: str
    exit: int
    code: str = "busy()"
    says: str = ""
    saved: bool = True
    words: tuple[str, ...] = ("cpu", "script.py")
    during: Callable[[subprocess.Popen[str]], None] | None = None
    needs: Callable[[], str] = lambda: ""
    around: Callable[[Path], contextlib.AbstractContextManager[dict[str, str]]] | None = None
    stays: bool = False


@dataclass
class Seen:
    """What happened."""

    exit: int
    said: str
    saved: bool
    left: list[str] = field(default_factory=list)


def busy_child(pid: int) -> int:
    """Return the process that perftool has started."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def kill_target(process: subprocess.Popen[str]) -> None:
    """Kill the target as the kernel does when memory is out."""
    os.kill(busy_child(process.pid), signal.SIGKILL)


def send(number: int) -> Callable[[subprocess.Popen[str]], None]:
    """Return what sends a signal to perftool."""
    return lambda process: process.send_signal(number)


def ctrl_c(process: subprocess.Popen[str]) -> None:
    """Send to the whole group what a terminal would; the group is perftool's and its target's own."""
    os.killpg(process.pid, signal.SIGINT)


@contextlib.contextmanager
def small_disk(folder: Path, *, size: str) -> Iterator[None]:
    """Mount a file system with very little room on ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def full_captures(folder: Path) -> Iterator[dict[str, str]]:
    """Have no room where captures and reports are kept."""
    with small_disk(folder / ".perftool", size="4k"):
        (folder / ".perftool" / "filler").write_bytes(b"x" * 4096)
        yield {}


@contextlib.contextmanager
def full_temporary(folder: Path) -> Iterator[dict[str, str]]:
    """Have room for the plan, and hardly any for what processes leave."""
    with small_disk(folder / "small", size="16k"):
        (folder / "small" / "filler").write_bytes(b"x" * 12288)
        yield {"TMPDIR": str(folder / "small")}


@contextlib.contextmanager
def in_the_way(folder: Path) -> Iterator[dict[str, str]]:
    """Put a file where the folder of captures should be."""
    (folder / ".perftool").mkdir()
    (folder / ".perftool" / "captures").write_text("in the way")
    yield {}


def root_needed() -> str:
    """Say why a fault cannot be made here."""
    return "" if os.geteuid() == 0 and shutil.which("mount") else "needs root to mount a small disk"


READY = "print('ready', flush=True)\n"
FAULTS = (
    Fault("target killed (SIGKILL)", -9, "busy(1.5)\n" + READY + "busy(60)", "ended by SIGKILL", during=kill_target),
    Fault("target aborts", -6, "busy(1.5)\nos.abort()", "ended by SIGABRT"),
    Fault("segmentation fault", -11, "busy(1.5)\nos.kill(os.getpid(), signal.SIGSEGV)", "ended by SIGSEGV"),
    Fault("uncaught exception", 1, "busy()\nraise ValueError('mine')", "the target's exit code is 1"),
    Fault("Ctrl-C", -2, "busy()\n" + READY + "busy(60)", "ended by SIGINT", during=ctrl_c),
    Fault("SIGTERM to perftool", -15, "busy(1.5)\n" + READY + "busy(60)", "ended by SIGTERM",
          during=send(signal.SIGTERM)),
    Fault("os._exit", 7, "busy()\nos._exit(7)", "the target's exit code is 7"),
    Fault("becomes another program", 0, "busy()\nos.execv('/bin/true', ['true'])"),
    Fault("disk full: captures", 5, "busy()\nsys.exit(5)", "no space left on device", saved=False,
          needs=root_needed, around=full_captures),
    Fault("disk full: temporary files", 5, "busy()\nsys.exit(5)", "perftool", saved=False, needs=root_needed,
          around=full_temporary),
    Fault("disk full: --output", 5, "busy()\nsys.exit(5)", "cannot write /dev/full: no space left on device",
          words=("cpu", "-o", "pprof=/dev/full", "script.py")),
    Fault("folder of captures in the way", 5, "busy()\nsys.exit(5)", "cannot write", saved=False, around=in_the_way),
    Fault("forks after threads", 0, """
        thread = threading.Thread(target=busy)
        thread.start()
        pid = os.fork()
        if not pid:
            busy(0.2)
            os._exit(0)
        os.waitpid(pid, 0)
        thread.join()
    """),
    Fault("changes directory", 0, "os.chdir('/')\nbusy()"),
    Fault("closes descriptors", 0, "os.closerange(3, 1024)\nbusy()\nos.closerange(0, 1024)"),
    Fault("clears its environment", 0, "os.environ.clear()\nbusy()"),
    Fault("daemon that stays", 0, """
        busy()
        if not os.fork():
            os.setsid()
            os.closerange(0, 1024)
            time.sleep(4)
            os._exit(0)
    """, "still runs 2 s after the target", stays=True),
    Fault("uses the profiling timer itself", 0, """
        busy()
        signal.signal(signal.SIGPROF, lambda *_: None)
        signal.setitimer(signal.ITIMER_PROF, 0.01, 0.01)
        busy()
        signal.setitimer(signal.ITIMER_PROF, 0)
    """, "SIGPROF"),
    Fault("isolated interpreter", 2, says="python -I is isolated: perftool cannot get in", saved=False,
          words=("cpu", "python", "-I", "script.py")),
    Fault("compiled program", 2, says="no Python program", saved=False, words=("cpu", "/bin/sleep", "1")),
    Fault("shell script", 2, says="a script for sh, no Python program", saved=False, words=("cpu", "./script.sh")),
    Fault("no such process", 2, says="there is no process 4194303", saved=False, words=("cpu", "--pid", "4194303")),
)  # fmt: skip


def environment(temporary: Path, more: dict[str, str]) -> dict[str, str]:
    """Return the environment that perftool runs in."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "TMPDIR": str(temporary), **more}


def met(fault: Fault) -> Seen:
    """Have the fault happen, and look at what is there afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder, temporary = Path(name), Path(name) / "temporary"
        temporary.mkdir()
        (folder / "script.py").write_text(BURN + textwrap.dedent(fault.code) + "\n", encoding="utf-8")
        (folder / "script.sh").write_text("#!/bin/sh\n:\n", encoding="utf-8")
        (folder / "script.sh").chmod(0o755)
        around = fault.around(folder) if fault.around else contextlib.nullcontext(dict[str, str]())
        with around as more:
            variables = environment(temporary, more)
            code, said = ran(fault, folder, variables)
            return Seen(
                code, line_of(said, fault.says), is_saved(folder), left_in(Path(variables["TMPDIR"]), stays=fault.stays)
            )


def ran(fault: Fault, folder: Path, variables: dict[str, str]) -> tuple[int, str]:
    """Run perftool and return its exit code and what it said."""
    command = [sys.executable, "-m", "perftool", "profile", *fault.words]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        if fault.during is not None:
            assert process.stdout is not None
            process.stdout.readline()
            fault.during(process)
        _, said = process.communicate(timeout=PATIENCE_S)
    return process.returncode, said


def line_of(said: str, wanted: str) -> str:
    """Return the line that says what was expected, else the first error."""
    text = " ".join(said.split()) if wanted and wanted not in said else said
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if wanted and wanted in line]
    errors = [line for line in lines if line.startswith("perftool: ")]
    return (found or errors or [""])[0][:160]


def is_saved(folder: Path) -> bool:
    """Say whether a capture that holds the busy function was kept."""
    kept = list(folder.glob(".perftool/captures/*.pb.gz")) if (folder / ".perftool" / "captures").is_dir() else []
    return any("__main__.busy" in {one.name for one in files.read(path).functions} for path in kept)


def left_in(temporary: Path, *, stays: bool) -> list[str]:
    """Return the temporary files that are still there, and the processes that still know a plan in that folder."""
    found = [path.name for path in temporary.iterdir() if path.name != "filler"]
    for pid in [name for name in os.listdir("/proc") if name.isdecimal()]:
        with contextlib.suppress(OSError):
            environ = Path(f"/proc/{pid}/environ").read_bytes()
            if f"_PERFTOOL_PLAN={temporary}".encode() in environ and not stays:
                found.append(f"process {pid}")
    return found


@contextlib.contextmanager
def running(code: str) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program that is ready when this begins."""
    command = [sys.executable, "-c", BURN + READY + code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def footprint(pid: int) -> dict[str, Any]:
    """Return what a profiler may leave in a process: threads, descriptors, handlers, a tracer."""
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
    )
    names = ("Threads", "SigCgt", "SigIgn", "SigBlk", "TracerPid")
    descriptors = sorted(os.readlink(f"/proc/{pid}/fd/{one}") for one in os.listdir(f"/proc/{pid}/fd"))
    # glibc takes its own signal, the 33rd, for itself with the first thread that a process starts.
    caught = int(status["SigCgt"], 16) & ~(1 << 32)
    return {**{name: status[name].strip() for name in names}, "SigCgt": caught, "descriptors": descriptors}


def without_pipe(before: list[str], after: list[str]) -> list[str]:
    """Take out the one pipe that libunwind, which memray brings along, opens once in a process and keeps."""
    for pipe in set(after) - set(before):
        if pipe.startswith("pipe:") and after.count(pipe) == 2:
            return [one for one in after if one != pipe]
    return after


def as_user(user: int) -> list[str]:
    """Return what runs a command as another user, who may read everything: perftool need not be his."""
    reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    return ["setpriv", f"--reuid={user}", "--clear-groups", *reading]


def joined(*words: str, code: str = "busy(60)", user: int | None = None, path: str | None = None) -> Seen:
    """Join a running program and compare it before and after."""
    with running(code) as target, tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        before = footprint(target.pid)
        variables = environment(Path(name), {"HOME": name, **({"PATH": path} if path is not None else {})})
        command = [sys.executable, "-m", "perftool", "profile", *words, "--pid", str(target.pid)]
        done = subprocess.run(
            [*(as_user(user) if user else []), *command],
            cwd=name,
            env=variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        time.sleep(0.2)
        alive = target.poll() is None
        after = footprint(target.pid) if alive else {}
        if words[0] == "memory" and after:
            after["descriptors"] = without_pipe(before["descriptors"], after["descriptors"])
        left = [f"{key}: {before[key]} -> {after[key]}" for key in after if before[key] != after[key]]
        saved = bool(list(Path(name).glob(".perftool/captures/*.pb.gz")))
        said = [
            line for line in done.stderr.splitlines() + done.stdout.splitlines() if line.startswith(("perftool:", "⚠"))
        ]
        return Seen(done.returncode, (said or [""])[0][:160], saved, left if alive or "exit" in code else ["it ended"])


JOINED: tuple[tuple[str, int, Callable[[], Seen]], ...] = (
    ("joined for CPU time", 0, lambda: joined("cpu", "--duration", "2s")),
    ("joined for memory", 0, lambda: joined("memory", "--duration", "2s")),
    ("a pid of another user", 4, lambda: joined("cpu", "--duration", "1s", user=NOBODY)),
    ("no debugger", 0, lambda: joined("memory", "--duration", "2s", path=str(Path(sys.executable).parent))),
    ("joined process ends meanwhile", 0, lambda: joined("cpu", "--duration", "30s", code="busy(2)\nos._exit(0)")),
)


def say(line: str) -> None:
    """Print a line now."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def row(name: str, expected: int, seen: Seen, *, saved: bool | None = None) -> bool:
    """Print one fault and say whether it was met well."""
    well = seen.exit == expected and not seen.left and saved in (None, seen.saved)
    left = "; ".join(seen.left) or "nothing"
    kept = "yes" if seen.saved else "no"
    say(f"| {'✓' if well else '✗'} {name} | {seen.exit} ({expected}) | {kept} | {seen.said} | {left} |")
    return well


def main(words: list[str]) -> int:
    """Have every fault happen; the exit code says whether all were met well."""
    say("| fault | exit (expected) | capture | said | left behind |\n|---|---|---|---|---|")
    well = True
    for fault in FAULTS:
        if words and not any(word in fault.name for word in words):
            continue
        if reason := fault.needs():
            say(f"| - {fault.name} | | | {reason} | |")
            continue
        seen = met(fault)
        said = not fault.says or fault.says in seen.said
        well &= row(fault.name, fault.exit, seen, saved=fault.saved) and said
    for name, expected, meet in JOINED:
        if not words or any(word in name for word in words):
            well &= row(name, expected, meet())
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
