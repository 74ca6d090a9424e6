from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError, UnavailableError, UsageError
from perftool.profiling import permissions

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked up in /proc")

_PID = 4711


def process(root: Path, **fields: str) -> Path:
    """Make a system with one process in it, a Python of this user."""
    told = {"Name": "python3", "State": "S (sleeping)", "TracerPid": "0", "Uid": f"{os.geteuid()}\t{os.geteuid()}"}
    for folder, known in ((root / f"proc/{_PID}", {**told, **fields}), (root / "proc/self", {"CapEff": "0"})):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text("".join(f"{name}:\t{value}\n" for name, value in known.items()))
    (root / f"proc/{_PID}/exe").symlink_to("/usr/bin/python3.11")
    return root


def test_a_python_of_this_user_may_be_joined(tmp_path: Path) -> None:
    permissions.require(_PID, root=process(tmp_path))


def test_a_process_that_is_not_there(tmp_path: Path) -> None:
    process(tmp_path)
    for pid in (1, -1, 0, 10**12):
        with pytest.raises(UsageError, match=f"no process {pid}"):
            permissions.require(pid, root=tmp_path)


def test_perftool_itself() -> None:
    with pytest.raises(UsageError, match="perftool itself"):
        permissions.require(os.getpid())


def test_one_that_has_ended(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has ended already"):
        permissions.require(_PID, root=process(tmp_path, State="Z (zombie)"))


def test_one_that_a_debugger_has(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="process 99 already"):
        permissions.require(_PID, root=process(tmp_path, TracerPid="99"))


def test_one_that_is_not_python(tmp_path: Path) -> None:
    root = process(tmp_path, Name="postgres")
    folder = root / f"proc/{_PID}"
    (folder / "exe").unlink()
    (folder / "exe").symlink_to("/usr/bin/postgres")
    (folder / "maps").write_text("7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libc.so.6\n")
    with pytest.raises(InputError, match=r"4711 \(postgres\) does not run Python"):
        permissions.require(_PID, root=root)
    (folder / "maps").write_text("7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libpython3.11.so.1.0\n")
    permissions.require(_PID, root=root)


def test_another_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = permissions.Ability(root=False, ptrace=False, scope=None, seccomp=False, container=False)
    monkeypatch.setattr(permissions, "ability", lambda *_: nobody)
    other = str(os.geteuid() + 1)
    with pytest.raises(UnavailableError, match="belongs to another user") as caught:
        permissions.require(_PID, root=process(tmp_path, Uid=f"{other}\t{other}"))
    assert "sudo" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("able", "said"),
    [
        ({"container": True}, "this container does not allow"),
        ({"scope": 1}, "ptrace_scope is 1"),
        ({}, "not allowed to look into"),
    ],
)
def test_a_refusal_says_why(
    able: dict[str, object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = {"root": False, "ptrace": False, "scope": None, "seccomp": False, "container": False}
    monkeypatch.setattr(permissions, "ability", lambda *_: permissions.Ability(**{**plain, **able}))  # type: ignore[arg-type]
    error = permissions.refused(_PID, root=process(tmp_path))
    assert said in error.message
    assert error.hint


def test_abilities_are_read_from_the_system(tmp_path: Path) -> None:
    process(tmp_path)
    (tmp_path / "proc/self/status").write_text(f"CapEff:\t{1 << 19:016x}\nSeccomp:\t2\n")
    (tmp_path / "proc/sys/kernel/yama").mkdir(parents=True)
    (tmp_path / "proc/sys/kernel/yama/ptrace_scope").write_text("1\n")
    (tmp_path / ".dockerenv").touch()
    able = permissions.ability(tmp_path)
    assert (able.ptrace, able.scope, able.seccomp, able.container) == (True, 1, True, True)
    assert permissions.ability(tmp_path / "nothing") == (able.root, False, None, False, False)


def test_a_real_process_is_known_and_its_end_too() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        permissions.require(child.pid)
        assert permissions.is_python(child.pid)
        assert permissions.alive(child.pid)
    assert not permissions.alive(child.pid)
