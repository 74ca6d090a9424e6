"""What the words of a target start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from perftool.errors import UsageError
from perftool.profiling import targets
from perftool.profiling.targets import Surroundings, Target, resolve

PYTHON = sys.executable


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    """A working folder with a folder of PATH in it, and an interpreter with nothing beside it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "python").symlink_to(PYTHON)
    monkeypatch.chdir(tmp_path)
    return Surroundings(str(tmp_path / "venv" / "python"), str(tmp_path / "bin"))


def program(path: str, text: str | bytes) -> str:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    file.chmod(0o755)
    return str(file.absolute())


def test_a_script_runs_in_the_interpreter_of_perftool(here: Surroundings) -> None:
    program("tools/run.py", "#!/nowhere/python\npass\n")
    words = ("tools/run.py", "-x", "--rate", "3")
    assert resolve(words, here) == Target((here.python, *words), here.python, "tools/run.py", "run")
    program("plain", "print(1)\n")
    assert resolve(["plain"], here).command == (here.python, "plain")


@pytest.mark.parametrize(
    ("words", "label", "stem"),
    [
        ("-m pytest -x tests", "-m pytest", "pytest"),
        ("-mmyapp.main a", "-m myapp.main", "main"),
        ("-c pass", "-c …", "code"),
        ("- a", "standard input", "stdin"),
    ],
)
def test_modules_code_and_standard_input(words: str, label: str, stem: str, here: Surroundings) -> None:
    found = resolve(words.split(), here)
    assert found == Target((here.python, *words.split()), here.python, label, stem)


@pytest.mark.parametrize(
    ("options", "label"),
    [
        ("-X dev -W error script.py -I", "script.py"),
        ("-Xdev -bb -um app.tool -S", "-m app.tool"),
        ("-uc pass -E", "-c …"),
        ("--check-hash-based-pycs never script.py", "script.py"),
        ("", "python"),
        ("- -E", "standard input"),
    ],
)
def test_words_that_begin_with_an_interpreter_are_left_alone(options: str, label: str, here: Surroundings) -> None:
    found = resolve([PYTHON, *options.split()], here)
    assert found.command == (PYTHON, *options.split())
    assert (found.python, found.label) == (PYTHON, label)


def test_an_interpreter_by_name_is_the_one_of_path(here: Surroundings) -> None:
    (Path("bin") / "python3.12").symlink_to(PYTHON)
    found = resolve(["python3.12", "x.py"], here)
    assert found.python == str(Path("bin/python3.12").absolute())
    assert found.command == ("python3.12", "x.py")


@pytest.mark.parametrize("option", ["-I", "-E", "-S", "-sE", "-bIc"])
def test_an_interpreter_that_listens_to_nothing_is_refused(option: str, here: Surroundings) -> None:
    with pytest.raises(UsageError, match="perftool cannot get in"):
        resolve([PYTHON, option, "script.py"], here)


@pytest.mark.parametrize(
    ("head", "options"),
    [
        (f"#!{PYTHON}\n", ()),
        (f"#!{PYTHON} -sX dev\n", ("-sX", "dev")),
        ("#!/usr/bin/env python3\n", ()),
        ("#!/usr/bin/env -S A=1 python3 -b\n", ("-b",)),
        (f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\n", ()),
    ],
)
def test_a_console_script_runs_in_the_interpreter_of_its_first_line(
    head: str, options: tuple[str, ...], here: Surroundings
) -> None:
    (Path("bin") / "python3").symlink_to(PYTHON)
    path = program("bin/mytool", head + "print(1)\n")
    found = resolve(["mytool", "--native"], here)
    assert os.path.realpath(found.python) == os.path.realpath(PYTHON)
    assert found.command[1:] == (*options, path, "--native")
    assert (found.label, found.stem) == ("mytool", "mytool")
    assert resolve([path], here).python == found.python


def test_a_shim_of_the_shell_gives_way_to_a_python_program_of_the_same_name(here: Surroundings) -> None:
    program("bin/mytool", "#!/bin/sh\nexec something\n")
    beside = program("venv/mytool", f"#!{PYTHON}\n")
    assert resolve(["mytool"], here).command == (PYTHON, beside)


def test_a_command_that_is_only_an_entry_point(here: Surroundings) -> None:
    found = resolve(["pytest", "-x"], here)
    assert found.command[:2] == (here.python, "-c")
    assert "sys.argv[0] = 'pytest'" in found.command[2]
    assert found.command[3:] == ("-x",)


def test_what_only_starts_another_program_may_start_python(here: Surroundings) -> None:
    program("bin/env", b"\x7fELF\x02")
    assert resolve(["env", "A=1", "python", "x.py"], here).command == ("env", "A=1", "python", "x.py")


def test_a_folder_and_a_zip_that_python_can_run(here: Surroundings) -> None:
    program("tool/__main__.py", "")
    assert resolve(["tool"], here).command == (here.python, "tool")
    program("bin/tool", f"#!{PYTHON}\n")
    assert resolve(["tool"], here).label == "tool"
    assert resolve(["tool"], here).command[0] == PYTHON, "the command, as a shell would"
    assert resolve(["./tool"], here).command == (here.python, "./tool")
    program("app.pyz", b"PK\x03\x04")
    assert resolve(["app.pyz"], here).label == "app.pyz"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ([], "nothing to profile", "SCRIPT, -m MODULE"),
        ([""], "nothing to profile", "SCRIPT"),
        (["--rat", "3"], "no such option: --rat", "--help"),
        (["-m"], "-m needs a module", "-m NAME"),
        (["-c"], "-c needs code", "-c NAME"),
        (["scrpt.py"], "no script, module or command 'scrpt.py'", "did you mean 'script.py'?"),
        (["json"], "no script, module or command 'json'", "-m json"),
        (["nowhere/x"], "no script, module or command 'nowhere/x'", "name a script"),
        (["./compiled"], "./compiled is a compiled program, no Python program", "perf record -g -- ./compiled"),
        (["./run.sh"], "./run.sh is a script for bash, no Python program", "python …"),
        (["./run.zsh"], "./run.zsh is a script for zsh, no Python program", "python …"),
        (["./blob"], "./blob is a binary file, no Python program", "perf"),
        (["./gone"], "./gone wants the interpreter /nowhere/python3", "python ./gone …"),
        (["./deaf"], "python3 -E ignores PYTHONPATH: perftool cannot get in", "--pid"),
        (["./folder/"], "./folder/ is a folder without a __main__.py", "-m MODULE"),
        (["shelltool"], "shelltool is a script for sh, no Python program", "python …"),
        (["python9.9", "x.py"], "no interpreter 'python9.9'", "leave it out"),
    ],
)
def test_what_starts_no_python_program_is_said_in_one_line(
    words: list[str], message: str, hint: str, here: Surroundings
) -> None:
    program("script.py", "")
    program("compiled", b"\x7fELF\x02\x01")
    program("run.sh", "#!/bin/bash -e\necho\n")
    program("run.zsh", "#!/usr/bin/env zsh\necho\n")
    program("blob", b"a\0b")
    program("gone", "#!/nowhere/python3\n")
    program("deaf", "#!/usr/bin/python3 -sE\n")
    program("bin/shelltool", "#!/bin/sh\n")
    Path("folder").mkdir()
    with pytest.raises(UsageError) as caught:
        resolve(words, here)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "\n" not in caught.value.message


def test_a_label_names_no_folder_of_the_machine(here: Surroundings, tmp_path: Path) -> None:
    outside = program(str(tmp_path.parent / f"{tmp_path.name}-outside" / "job.py"), "")
    assert resolve([outside], here).label == "job.py"
    assert resolve([program("script.py", "")], here).label == "script.py"
    assert len(resolve([program("x" * 90 + ".py", "")], here).label) <= targets._MOST_LABEL
