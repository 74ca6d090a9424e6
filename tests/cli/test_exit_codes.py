"""What a shell sees: exit code, one line on standard error, nothing but the report on standard output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from perftool.store import reports
from tests.render import samples

ON_LINUX = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' device files")


def perftool(folder: Path, *arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run the real thing."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PERFTOOL_")}
    command = [sys.executable, "-m", "perftool", *arguments]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment, "timeout": 60}
    return subprocess.run(command, cwd=folder, **(streams | more))  # type: ignore[call-overload, no-any-return]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project")
    reports.write(samples.bench(), made / "good.json")
    (made / "cut.json").write_bytes((made / "good.json").read_bytes()[:500])
    (made / "newer.json").write_bytes(b'{"schema_version": "9.0", "tool": {"name": "perftool"}}')
    (made / "foreign.json").write_bytes(b'{"benchmarks": []}')
    (made / "binary.json").write_bytes(b"\x00\xff" * 50)
    (made / "empty.json").write_bytes(b"")
    (made / "folder.json").mkdir()
    (made / "bad.toml").write_text("[bench]\nblocs = 3\n")
    return made


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ("show good.json", 0, ""),
        ("show none.json", 2, "cannot read none.json: no such file or directory"),
        ("show folder.json", 2, "cannot read folder.json: is a directory"),
        ("show cut.json", 3, "cut.json:"),
        ("show newer.json", 3, "newer.json: report version 9.0 is newer"),
        ("show foreign.json", 3, "foreign.json: not a perftool report"),
        ("show binary.json", 3, "binary.json:1:1: not JSON"),
        ("show empty.json", 3, "empty.json: the file is empty"),
        ("show good.json -f jsno", 2, "no format named 'jsno'"),
        ("show good.json -f github -f nope", 2, "no format named 'nope'"),
        ("show good.json -o x.unheard", 2, "x.unheard"),
        ("show good.json -o folder.json", 5, "cannot write folder.json: is a directory"),
        ("show good.json -o good.json/x.json", 5, "cannot write good.json/x.json"),
        ("--config bad.toml config", 2, "bad.toml:2: unknown setting bench.blocs: did you mean bench.blocks?"),
        ("--config none.toml config", 2, "cannot read none.toml"),
        ("config nope.nope", 2, "no setting named 'nope.nope'"),
        ("config --profile nope", 2, "no profile named 'nope'"),
        ("baseline show", 2, "no baseline named 'main'"),
        ("baseline save ../x good.json", 2, "'../x' cannot name a baseline"),
        ("baseline save main good.json --buffer ten", 2, "--buffer: 'ten' is not a percentage"),
        ("baseline remove nope", 2, "no baseline named 'nope'"),
    ],
)
def test_wrong_input_is_one_line_and_the_right_code(
    folder: Path,
    arguments: str,
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from perftool.cli.main import main

    monkeypatch.chdir(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert main(arguments.split()) == code
    out, err = capsys.readouterr()
    lines = err.splitlines()
    if code:
        assert out == ""
        assert lines[0].startswith(f"perftool: error: {told}") or told in lines[0]
        assert len(lines) <= 2
    else:
        assert err == ""
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before, "no file was touched"


def test_the_module_runs_as_a_program(folder: Path) -> None:
    ran = perftool(folder, "show", "cut.json")
    assert ran.returncode == 3
    assert ran.stdout == b""
    assert ran.stderr.startswith(b"perftool: error: cut.json:")
    assert b"Traceback" not in ran.stderr


@ON_LINUX
@pytest.mark.parametrize("arguments", [["show", "good.json"], ["--help"]], ids=" ".join)
def test_a_full_disk_behind_standard_output(folder: Path, arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        ran = perftool(folder, *arguments, stdout=full)
    assert ran.returncode == 5
    assert ran.stderr == b"perftool: error: cannot write to standard output: no space left on device\n"


@ON_LINUX
def test_a_file_size_limit_leaves_no_half_written_file(folder: Path) -> None:
    """The kernel refuses the write itself here, as a full disk or a quota does."""
    import resource
    import signal

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    ran = perftool(folder, "show", "good.json", "-o", "big.json", "--quiet", preexec_fn=limit)
    assert ran.returncode == 5
    assert ran.stderr == b"perftool: error: cannot write big.json: file too large\n"
    assert not list(folder.glob("*big.json*"))


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently on Windows")
@pytest.mark.parametrize("arguments", [["show", "good.json", "-f", "json"], ["--help"]], ids=" ".join)
def test_a_closed_pipe_is_a_quiet_end(folder: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = perftool(folder, *arguments, stdout=writing)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="needs descriptors closed before the start")
def test_closed_standard_streams_keep_the_exit_code(folder: Path) -> None:
    program = 'exec "$0" -m perftool "$@" >&- 2>&-'
    for name, code in [("good.json", 0), ("cut.json", 3)]:
        ran = subprocess.run(["sh", "-c", program, sys.executable, "show", name], cwd=folder, timeout=60)
        assert ran.returncode == code
