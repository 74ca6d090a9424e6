"""``perftool profile``: real programs run under it, and neither they nor the shell can tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.cli.main import main
from perftool.model.profile import ProfilePayload
from perftool.profiling import files
from perftool.store import reports
from tests.cli.conftest import Ran

if TYPE_CHECKING:
    from perftool.model.report import Report
    from tests.cli.conftest import Run

Profiled = Callable[..., Ran]

#: Enough CPU time for some samples at the rate that tests ask for.
BURN = """
import time
def burn(seconds=0.1):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(i * i for i in range(200))
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, which every test leaves empty."""
    import tempfile

    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def profiled(project: Path, capfd: pytest.CaptureFixture[str], temporary: Path) -> Profiled:
    """Run ``perftool profile`` in the project; what the target writes is captured too."""

    def perftool(*arguments: str) -> Ran:
        capfd.readouterr()
        code = main(["profile", *arguments])
        out, err = capfd.readouterr()
        assert not list(temporary.glob("perftool-*")), "nothing is left behind"
        return Ran(code, out, err)

    return perftool


def write(name: str, code: str) -> str:
    Path(name).write_text(BURN + textwrap.dedent(code))
    return name


def report() -> Report:
    """Return the newest report."""
    found = Path(".perftool/reports").glob("*-profile-*.json")
    return reports.read(max(found, key=lambda path: path.stat().st_mtime_ns))


def payload() -> ProfilePayload:
    found = report().payload
    assert isinstance(found, ProfilePayload)
    return found


def functions() -> set[str]:
    return {row.function for ranking in payload().rankings for row in ranking.rows}


def captured() -> list[Path]:
    return sorted(Path(".perftool/captures").glob("*.pb.gz"))


def test_help_says_whose_options_are_whose(run: Run) -> None:
    ran = run("profile", "--help")
    assert ran.code == 0
    assert "everything behind its first word belongs to it" in " ".join(ran.out.split())


def test_a_script_runs_untouched_and_its_code_is_perftools(profiled: Profiled) -> None:
    script = write(
        "script.py",
        """
        import os, pickle, sys
        class Row:
            pass
        burn()
        print(sys.argv, __name__, __file__ == "script.py" or os.path.abspath("script.py") == __file__)
        print(pickle.loads(pickle.dumps(Row())).__class__ is Row, [path for path in sys.path if "runtime" in path])
        print(sys.stdin.closed, file=sys.stderr)
        sys.exit(3)
        """,
    )
    ran = profiled("cpu", "--rate", "250", script, "-x", "--rate", "9", "--", "a b")
    assert ran.code == 3
    assert ran.out == "['script.py', '-x', '--rate', '9', '--', 'a b'] __main__ True\nTrue []\n"
    assert ran.err.startswith("False\n")
    assert "s CPU," in ran.err
    assert "the target's exit code is 3" in ran.err
    assert "__main__.burn" in functions()
    [capture] = captured()
    assert payload().captures[0].name == capture.name
    assert files.read(capture).engine == "sampler"
    assert (payload().target, payload().exit_code) == ("script.py", 3)


def test_functions_and_totals_become_measurements(profiled: Profiled) -> None:
    profiled("cpu", "--rate", "250", write("script.py", "burn(0.2)"))
    [total] = [one for one in report().measurements if one.gates]
    assert (total.name, total.unit) == ("profile/script", "cpu-sec")
    assert 0.1 < total.values[0] < 0.4
    parts = {one.parameters["function"]: one.values for one in report().measurements if one.parameters}
    assert sum(value for (value,) in parts.values()) == pytest.approx(total.values[0])
    assert not Path(".perftool/reports/latest.json").exists(), "a profile is no run of benchmarks"


def test_repeated_runs_have_a_capture_each_and_one_report(profiled: Profiled) -> None:
    ran = profiled("cpu", "--rate", "250", "--repeat", "3", "-o", "all.pb.gz", write("script.py", "burn()"))
    assert ran.code == 0
    assert "3 runs" in ran.err
    assert len(captured()) == len(payload().captures) == 3
    assert {len(one.values) for one in report().measurements} == {3}
    pooled = files.read(Path("all.pb.gz"))
    assert {dict(labels).get("repeat") for labels in pooled.labels} >= {"0", "1", "2"}


@pytest.mark.parametrize(
    ("end", "code", "name"),
    [("os.abort()", 134, "SIGABRT"), ("os.kill(os.getpid(), signal.SIGKILL)", 137, "SIGKILL")],
)
def test_a_crash_saves_what_was_captured(end: str, code: int, name: str, profiled: Profiled) -> None:
    ran = profiled("cpu", "--rate", "250", write("script.py", f"import os, signal\nburn(0.4)\n{end}\n"))
    assert ran.code == code
    assert f"the target was ended by {name}" in ran.err
    assert "__main__.burn" in functions()


@pytest.mark.parametrize(
    "words", [["-c", BURN + "burn(); raise SystemExit(4)"], ["-m", "mod.main"], ["python", "s.py"]]
)
def test_code_modules_and_interpreters(words: list[str], profiled: Profiled, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mod").mkdir()
    write("mod/main.py", "burn(); raise SystemExit(4)")
    write("s.py", "burn(); raise SystemExit(4)")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert profiled("cpu", "--rate", "250", "--", *words).code == 4
    assert "__main__.burn" in functions()


@pytest.mark.parametrize("words", [["pytest"], ["-m", "pytest"]])
def test_pytest_by_its_command_or_module_has_samples_labelled_by_test(words: list[str], profiled: Profiled) -> None:
    write("test_it.py", "def test_one(): burn()\ndef test_two(): burn()\n")
    ran = profiled("cpu", "--rate", "250", *words, "-q", "-p", "no:cacheprovider", "test_it.py")
    assert ran.code == 0
    assert "2 passed" in ran.out
    tests = {dict(labels).get("test") for labels in files.read(captured()[0]).labels}
    assert {"test_it.py::test_one", "test_it.py::test_two"} <= tests


CHILDREN = {
    "fork": """
        if __name__ == "__main__":
            import os
            pid = os.fork()
            child() if not pid else os.waitpid(pid, 0)
    """,
    "spawn": """
        if __name__ == "__main__":
            import multiprocessing
            process = multiprocessing.get_context("spawn").Process(target=child)
            process.start()
            process.join()
    """,
    "pool": """
        if __name__ == "__main__":
            import multiprocessing
            with multiprocessing.get_context("fork").Pool(1) as pool:
                pool.apply(child)
                pool.close()
                pool.join()
    """,
    "subprocess": """
        import subprocess, sys
        if __name__ == "__main__" and sys.argv[1:] != ["child"]:
            subprocess.run([sys.executable, __file__, "child"], check=True)
        elif __name__ == "__main__":
            child()
    """,
}


@pytest.mark.parametrize("how", CHILDREN)
def test_processes_that_it_starts_are_profiled_too(how: str, profiled: Profiled) -> None:
    script = write("script.py", "def child():\n    burn(0.15)\nif __name__ == '__main__': burn(0.05)\n")
    Path(script).write_text(Path(script).read_text() + textwrap.dedent(CHILDREN[how]))
    ran = profiled("cpu", "--rate", "250", script)
    assert ran.code == 0, ran.err
    assert any(name.endswith(".child") for name in functions()), ran.err
    assert len(payload().processes) >= 2
    assert sum(one.parent == 0 for one in payload().processes) == 1


def test_children_are_left_out_on_request(profiled: Profiled) -> None:
    script = write("script.py", "def child():\n    burn()\n" + textwrap.dedent(CHILDREN["fork"]))
    assert profiled("cpu", "--rate", "250", "--no-children", script).code == 0
    assert not any(name.endswith(".child") for name in functions())
    assert len(payload().processes) == 1


@pytest.mark.parametrize(
    "code",
    [
        "import os, tempfile\nos.chdir(tempfile.mkdtemp(prefix='elsewhere'))\nburn()",
        "import os\nos.closerange(3, 256)\nburn()",
        "import os\nburn()\nos.closerange(0, 256)\nos._exit(0)",
        "import os, sys\nburn()\nos.execv(sys.executable, [sys.executable, '-c', 'pass'])",
        "import threading\nt = threading.Thread(target=burn)\nt.start()\nt.join()",
        "import sys\nburn()\nsys.settrace(None); sys.path.clear(); sys.modules.clear()",
        "import os\nburn()\nos.environ.clear()",
    ],
    ids=["chdir", "closed", "closed-all", "exec", "thread", "cleared", "environment"],
)
def test_what_programs_do_to_themselves(code: str, profiled: Profiled) -> None:
    ran = profiled("cpu", "--rate", "250", write("script.py", code))
    assert ran.code == 0, ran.err
    assert "__main__.burn" in functions()


def test_a_process_that_stays_is_left_out_and_said(profiled: Profiled, monkeypatch: pytest.MonkeyPatch) -> None:
    from perftool.profiling import launching

    monkeypatch.setattr(launching, "GRACE_S", 0.2)
    script = write(
        "script.py",
        """
        import os
        burn()
        if not os.fork():
            os.setsid()
            print(os.getpid(), flush=True)
            for descriptor in (0, 1, 2):
                os.close(descriptor)
            time.sleep(60)
        """,
    )
    ran = profiled("cpu", script)
    os.kill(int(ran.out), signal.SIGKILL)
    assert ran.code == 0
    assert "a process that it started still runs" in " ".join(ran.err.split())


def test_output_files_are_captures_or_reports_by_their_names(profiled: Profiled) -> None:
    names = ["a.pb.gz", "a.html", "a.collapsed", "a.speedscope.json", "a.trace.json", "report.json", "html=page.html"]
    outputs = [word for name in names for word in ("-o", name)]
    assert profiled("cpu", "--rate", "250", *outputs, write("script.py", "burn()")).code == 0
    assert "__main__.burn" in Path("a.collapsed").read_text()
    assert "flame" in Path("a.html").read_text().lower()
    assert "<table" in Path("page.html").read_text()
    assert reports.read(Path("report.json")).kind == "profile"
    assert files.read(Path("a.speedscope.json")).total()


def test_a_report_on_request_goes_where_the_target_does_not_write(profiled: Profiled) -> None:
    ran = profiled("cpu", "--format", "json", write("script.py", "print('mine')"))
    assert ran.out == "mine\n"
    text = ran.err[: ran.err.rindex("}") + 1]
    assert msgspec.json.decode(text)["payload"]["kind"] == "profile"


def test_quiet_says_the_verdict_only(profiled: Profiled) -> None:
    ran = profiled("cpu", "-q", write("script.py", "burn()"))
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("where", ["captures", "reports"])
def test_a_folder_that_cannot_be_written_costs_the_file_and_not_the_code(where: str, profiled: Profiled) -> None:
    Path(".perftool").mkdir()
    Path(".perftool", where).write_text("in the way")
    ran = profiled("cpu", write("script.py", "import sys; burn(); sys.exit(5)"))
    assert ran.code == 5
    assert "s CPU," in ran.err, "the report is shown all the same"
    [line] = [line for line in ran.err.splitlines() if line.startswith("perftool: error")]
    assert where in line


def test_a_full_disk_costs_the_file_and_not_the_code(profiled: Profiled) -> None:
    ran = profiled("cpu", "-o", "pprof=/dev/full", write("script.py", "burn(); raise SystemExit(5)"))
    assert ran.code == 5
    assert "perftool: error: cannot write /dev/full: no space left on device" in ran.err
    assert captured()


def test_captures_are_limited_in_number(profiled: Profiled) -> None:
    Path("perftool.toml").write_text("[profiling]\nkeep = 2\n")
    for _ in range(3):
        profiled("cpu", "-q", write("script.py", ""))
    assert len(captured()) == 2


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        ([], "nothing to profile", 2),
        (["nowhere.py"], "no script, module or command 'nowhere.py'", 2),
        (["--rate", "0", "x.py"], "--rate: '0' is not a whole number, 1 to 10000", 2),
        (["--rate", "fast", "x.py"], "--rate: 'fast' is not a whole number", 2),
        (["--duration", "long", "x.py"], "--duration: 'long' is not a duration", 2),
        (["--engine", "smapler", "x.py"], "no profiler named 'smapler'", 2),
        (["--engine", "memray", "x.py"], "memray does not measure cpu", 2),
        (["--engine", "py-spy", "x.py"], "external joins running processes and starts none", 2),
        (["--pid", "1", "x.py"], "a target and --pid: which of them is meant?", 2),
        (["--repeat", "2", "--pid", "1"], "--repeat runs a target again", 2),
        (["--engine", "sampler", "--pid", "1"], "sampler cannot join a running process", 2),
        (["-o", "x.nosuch", "x.py"], "x.nosuch", 2),
        (["-o", "folder.html", "x.py"], "cannot write folder.html: is a directory", 5),
        (["-f", "gobench", "x.py"], "gobench", 2),
        (["--bench", "no-such-suite"], "no-such-suite", 2),
        (["--sql", "nowhere"], "cannot read nowhere", 2),
        (["/bin/sh", "-c", "true"], "/bin/sh is a compiled program, no Python program", 2),
    ],
)
def test_what_is_asked_wrongly_is_said_in_one_line_before_anything_runs(
    words: list[str], message: str, code: int, profiled: Profiled
) -> None:
    write("x.py", "print('ran')")
    Path("folder.html").mkdir()
    ran = profiled("cpu", *words)
    assert (ran.code, ran.out) == (code, "")
    first, *more = ran.err.splitlines()
    assert first.startswith("perftool: error: ")
    assert message in first
    assert len(more) <= 1
    assert not Path(".perftool").exists()


def test_standard_input_is_the_targets(project: Path) -> None:
    write("script.py", "import sys\nprint(sys.stdin.read().upper())")
    command = [sys.executable, "-m", "perftool", "profile", "cpu", "script.py"]
    ran = subprocess.run(command, input="said", capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (0, "SAID\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGSEGV])
def test_perftool_ends_by_the_signal_that_ended_the_target(number: int, project: Path) -> None:
    end = f"signal.signal({int(number)}, signal.SIG_DFL)\nos.kill(os.getpid(), {int(number)})"
    write("script.py", f"import os, signal\nburn(0.3)\n{end}")
    command = [sys.executable, "-m", "perftool", "profile", "cpu", "--rate", "250", "script.py"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == -number, ran.stderr
    assert "__main__.burn" in functions()


def test_an_interrupted_target_says_so_itself_and_its_capture_is_saved(project: Path) -> None:
    write("script.py", "import os, signal\nburn(0.3)\nprint('ready', flush=True)\nsignal.pause()")
    command = [sys.executable, "-m", "perftool", "profile", "cpu", "--rate", "250", "script.py"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in err
    assert "__main__.burn" in functions()


def test_perftool_itself_can_be_the_target(profiled: Profiled) -> None:
    ran = profiled("cpu", "--rate", "250", "-m", "perftool", "profile", "cpu", "-q", write("script.py", "burn()"))
    assert ran.code == 0, ran.err
    assert any(name.startswith("perftool.cli.") for name in functions())


ALLOCATING = """
import time
kept = []
def load():
    return [bytearray(1000) for _ in range(2000)]
def leak():
    kept.append(bytearray(1 << 20))
for _ in range(3):
    load()
    leak()
"""


def test_memory_and_time_of_one_run(profiled: Profiled) -> None:
    pytest.importorskip("memray")
    ran = profiled("both", "--rate", "250", "-o", "both.pb.gz", write("script.py", "burn()" + ALLOCATING))
    assert ran.code == 0, ran.err
    assert "s CPU," in ran.err
    assert "leaked 3.0" in ran.err
    assert "allocations were recorded meanwhile" in ran.err
    assert [one.measures for one in payload().captures] == ["cpu", "memory"]
    assert {one.kind for one in payload().rankings} >= {"cpu", "peak_space", "alloc_space", "inuse_space"}
    [held] = [one for one in payload().rankings if one.kind == "inuse_space"]
    assert held.rows[0].function == "__main__.leak"
    time = next(one for one in payload().rankings if one.kind == "cpu")
    assert "__main__.burn" in [row.function for row in time.rows]
    assert not [row for row in time.rows if "memray" in row.file], "what perftool loads is no time of the target's"
    assert {one.kind for one in files.read(Path("both.pb.gz")).value_types} >= {"cpu", "alloc_space", "peak_space"}
    assert sorted(Path(".perftool/captures").glob("*.bin"))
    assert {"cpu-sec", "peak-B", "leaked-B", "allocs", "B"} <= {one.unit for one in report().measurements if one.gates}


def test_originals_beyond_their_size_are_not_kept(profiled: Profiled) -> None:
    pytest.importorskip("memray")
    Path("perftool.toml").write_text('[profiling]\noriginals = "1K"\n')
    assert profiled("memory", "-q", write("script.py", ALLOCATING)).code == 0
    assert captured()
    assert not list(Path(".perftool/captures").glob("*.bin"))


def test_an_interpreter_without_the_profiler_is_told_how_to_get_it(profiled: Profiled) -> None:
    python = getattr(sys, "_base_executable", sys.executable)
    if not subprocess.run([python, "-c", "import memray"], capture_output=True).returncode:
        pytest.skip("the interpreter below this environment has memray")
    ran = profiled("memory", python, write("script.py", "print('ran')"))
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.splitlines()[0].endswith(f"memray is not installed for {python}")
    assert f"{python} -m pip install memray" in ran.err


def test_a_benchmark_and_a_folder_of_sql(profiled: Profiled) -> None:
    Path("sql").mkdir()
    Path("sql/a.sql").write_text("SELECT a FROM t WHERE b = 1;")
    ran = profiled("cpu", "--duration", "300ms", "-f", "json", "--sql", "sql")
    assert ran.code == 0, ran.err
    found = reports.decode(ran.out.encode(), name="r").payload
    assert isinstance(found, ProfilePayload)
    assert (found.target, found.exit_code) == ("sql sql", None)
    assert any(row.function.startswith("sqlglot.") for row in found.rankings[0].rows)
    assert found.captures[0].operations > 0


def test_a_running_process_goes_on(profiled: Profiled) -> None:
    if not (Path(sys.executable).parent / "py-spy").exists():
        pytest.skip("py-spy is not installed")
    script = write("script.py", "print('up', flush=True)\nburn(30)")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            ran = profiled("cpu", "--duration", "1s", "--pid", str(process.pid))
            if ran.code == 4:
                pytest.skip(ran.err)
            assert process.poll() is None
        finally:
            process.kill()
    assert ran.code == 0, ran.err
    assert any(name.endswith(".burn") for name in functions())
    assert (payload().target, payload().exit_code) == (f"pid {process.pid}", None)
