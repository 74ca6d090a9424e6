"""What a target's words mean: which interpreter will run which program."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PYTHON: Final = re.compile(r"^(?:python|pypy)(?:\d+(?:\.\d+)*)?[a-z]?(?:\.exe)?$", re.IGNORECASE)
# ``#!/bin/sh`` and ``'''exec' "/long path/python" …``: how installers write what does not fit into a first line.
_EXEC: Final = re.compile(rb"^'''exec' \"?([^\"\n]+?)\"? \"\$0\"")
_BINARIES: Final = {
    b"\x7fELF": "a compiled program",
    b"\xcf\xfa\xed\xfe": "a compiled program",
    b"\xca\xfe\xba\xbe": "a compiled program",
    b"MZ": "a compiled program",
}
_HEAD: Final = 512
#: Options of an interpreter without which PYTHONPATH does not count, or sitecustomize is not run.
_DEAF: Final = {"I": "is isolated", "E": "ignores PYTHONPATH", "S": "does not import site"}
_VALUED: Final = frozenset("WX")
_LONG_VALUED: Final = frozenset({"--check-hash-based-pycs"})
_PYTHON_FILES: Final = frozenset({".py", ".pyw", ".pyc", ".pyz", ".zip"})
#: Programs that do no more than start another one, which is named behind them.
_LAUNCHERS: Final = frozenset(
    {"chrt", "env", "ionice", "nice", "nohup", "numactl", "setsid", "stdbuf", "taskset", "time", "timeout", "uv", "uvx"}
)
_MOST_LABEL: Final = 60


@dataclass(frozen=True, slots=True)
class Target:
    """A program to run: ``command`` as it is started, the ``python`` that runs it, what people call it.

    ``label`` holds no argument and no path outside the working folder; ``stem`` is for names of files.
    """

    command: tuple[str, ...]
    python: str
    label: str
    stem: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where names are looked up: the interpreter for targets that name none, the folders of PATH."""

    python: str
    path: str

    @property
    def beside(self) -> Path:
        """Return the folder that holds the interpreter, and the console scripts installed with it."""
        return Path(self.python).parent


def resolve(words: Sequence[str], around: Surroundings) -> Target:
    """Return what the words of a target start.

    raises: UsageError when they start nothing, or no Python program.
    """
    if not words or not words[0]:
        raise UsageError(
            "nothing to profile", hint="perftool profile cpu SCRIPT, -m MODULE, -c CODE, --pid N or --bench NAME"
        )
    if words[0][:2] in ("-m", "-c"):
        return Target((around.python, *words), around.python, *_called(words))
    if words[0].startswith("-") and words[0] != "-":
        raise UsageError(f"no such option: {words[0]}", hint="perftool profile cpu --help")
    if words[0] != "-" and _PYTHON.match(Path(words[0]).name):
        return _interpreter(words, around)
    return _program(words, around)


def _interpreter(words: Sequence[str], around: Surroundings) -> Target:
    """Return the target of words that begin with an interpreter."""
    found = shutil.which(words[0], path=around.path)
    if found is None:
        raise UsageError(f"no interpreter {words[0]!r}", hint="leave it out to use the Python that perftool runs in")
    return Target(tuple(words), found, *_called(_behind_options(words)))


def _behind_options(words: Sequence[str]) -> list[str]:
    """Return what stands behind the options of the interpreter that ``words`` begin with.

    raises: UsageError for an option that keeps perftool out.
    """
    rest = list(words[1:])
    while rest and rest[0].startswith("-") and rest[0] != "-":
        option = rest.pop(0)
        if option.startswith("--"):
            rest[:1] = [] if option in _LONG_VALUED else rest[:1]
            continue
        for at, letter in enumerate(option[1:], 1):
            if letter in _DEAF:
                raise UsageError(
                    f"{Path(words[0]).name} -{letter} {_DEAF[letter]}: perftool cannot get in",
                    hint=f"leave -{letter} out, or start it and profile it with --pid",
                )
            if letter in "mc":
                return [f"-{option[at:]}", *rest]
            if letter in _VALUED:
                rest[:1] = rest[:1] if option[at + 1 :] else []
                break
    return rest


def _called(words: Sequence[str]) -> tuple[str, str]:
    """Return label and stem of what stands behind an interpreter.

    raises: UsageError for -m and -c without what they need.
    """
    if not words:
        return "python", "python"
    first = words[0]
    if first[:2] in ("-m", "-c"):
        value = first[2:] or (words[1] if len(words) > 1 else "")
        if not value:
            raise UsageError(f"{first} needs {'a module' if first == '-m' else 'code'}", hint=f"{first} NAME …")
        return (f"-m {value}", value.rpartition(".")[2] or value) if first[1] == "m" else ("-c …", "code")
    if first == "-":
        return "standard input", "stdin"
    return _shown(Path(first)), Path(first).stem


def _shown(path: Path) -> str:
    """Return a path as a report may name it: from the working folder, else its name alone."""
    relative = os.path.relpath(path)
    name = path.name if relative.startswith("..") else relative.replace(os.sep, "/")
    return name if len(name) <= _MOST_LABEL else "…" + name[1 - _MOST_LABEL :]


def _program(words: Sequence[str], around: Surroundings) -> Target:
    """Return the target of words that begin with a script, an application folder or a console script."""
    name = words[0]
    if name == "-":
        return Target((around.python, *words), around.python, "standard input", "stdin")
    path = Path(name)
    named = path.is_file() or (path.is_dir() and (path / "__main__.py").is_file())
    if named and (path.is_file() or os.sep in name or shutil.which(name, path=around.path) is None):
        return _file(words, path, around)
    if path.is_dir() and os.sep in name:
        raise UsageError(f"{name} is a folder without a __main__.py", hint="name the script in it, or -m MODULE")
    return _console_script(words, around)


def _file(words: Sequence[str], path: Path, around: Surroundings) -> Target:
    """Return the target of words that begin with a file, run as ``python FILE`` would."""
    named = (_shown(path), path.stem)
    if path.is_dir() or path.suffix.lower() in _PYTHON_FILES:
        return Target((around.python, *words), around.python, *named)
    head = _head(path)
    if own := _shebang(head):
        python = _installed(own, words[0], around)
        return Target((python, *own[1:], *words), python, *named)
    if what := _foreign(head):
        raise _not_python(words[0], what)
    return Target((around.python, *words), around.python, *named)


def _console_script(words: Sequence[str], around: Surroundings) -> Target:
    """Return the target of words that begin with the name of an installed command."""
    name = words[0]
    refused = ""
    folders = os.pathsep.join([around.path, str(around.beside)])
    for path in [] if os.sep in name else _everywhere(name, folders):
        head = _head(path)
        if own := _shebang(head):
            python = _installed(own, name, around)
            return Target((python, *own[1:], str(path), *words[1:]), python, name, name)
        if name in _LAUNCHERS:
            return Target(tuple(words), around.python, name, name)
        refused = refused or _foreign(head) or "a file"
    if code := _entry_point(name):
        return Target((around.python, "-c", code, *words[1:]), around.python, name, name)
    if refused:
        raise _not_python(name, refused)
    raise UsageError(f"no script, module or command {name!r}", hint=_near(name))


def _installed(own: Sequence[str], name: str, around: Surroundings) -> str:
    """Return the path of the interpreter that the first line of ``name`` names, once nothing keeps perftool out."""
    _behind_options(own)
    python = shutil.which(own[0], path=around.path)
    if python is None:
        raise UsageError(f"{name} wants the interpreter {own[0]}, which is not there", hint=f"python {name} …")
    return python


def _everywhere(name: str, folders: str) -> list[Path]:
    """Return every executable called ``name``, in the order of the folders."""
    found = (shutil.which(name, path=folder) for folder in folders.split(os.pathsep) if folder)
    return [Path(one) for one in dict.fromkeys(found) if one is not None]


def _entry_point(name: str) -> str | None:
    """Return code that runs the console script ``name`` as its installed file would, None where there is none."""
    from importlib.metadata import entry_points

    for one in entry_points(group="console_scripts", name=name):
        function = one.attr.split(".")[0]
        return f"import sys; sys.argv[0] = {name!r}; from {one.module} import {function}; sys.exit({one.attr}())"
    return None


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot read {path}: {reason}", hint="name a script that you may read") from error


def _shebang(head: bytes) -> list[str]:
    """Return the Python interpreter that a file's first lines name, with its options; nothing where they name none."""
    if not head.startswith(b"#!"):
        return []
    first, _, rest = head.partition(b"\n")
    words = os.fsdecode(first[2:]).split()
    if words and Path(words[0]).name == "env":
        words = list(itertools.dropwhile(lambda word: word.startswith("-") or "=" in word, words[1:]))
    if words and _PYTHON.match(Path(words[0]).name):
        return words
    told = _EXEC.match(rest)
    return [os.fsdecode(told[1])] if told else []


def _foreign(head: bytes) -> str | None:
    """Say what a file is that is no Python program, None when it may well be one."""
    for magic, what in _BINARIES.items():
        if head.startswith(magic):
            return what
    if head.startswith(b"#!"):
        words = os.fsdecode(head[2:].partition(b"\n")[0]).split() or [""]
        name = Path(words[-1 if Path(words[0]).name == "env" else 0]).name or "nothing"
        return f"a script for {name}"
    return "a binary file" if b"\0" in head else None


def _not_python(name: str, what: str) -> UsageError:
    shell = what.startswith("a script for")
    hint = "name the Python that it starts: python …" if shell else f"for C code: perf record -g -- {name}"
    return UsageError(f"{name} is {what}, no Python program", hint=hint)


def _near(name: str) -> str:
    """Say what may have been meant by a name that is nothing."""
    import difflib
    import importlib.util

    if name.isidentifier() and importlib.util.find_spec(name) is not None:
        return f"a module of that name is installed: -m {name}"
    close = difflib.get_close_matches(name, [one.name for one in Path().glob("*.py")], n=1)
    return f"did you mean {close[0]!r}?" if close else "name a script, -m MODULE, -c CODE or an installed command"
