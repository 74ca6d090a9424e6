"""What an interpreter says of itself under different settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from perftool.machine import interpreter_facts


def ask(*packages: str, flags: tuple[str, ...] = (), **environment: str) -> dict[str, Any]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    command = [sys.executable, *flags, interpreter_facts.__file__, *packages]
    done = subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True, check=True)
    facts: dict[str, Any] = json.loads(done.stdout.strip().removeprefix(interpreter_facts.MARK))
    return facts


def test_settings_show() -> None:
    facts = ask("msgspec", "no-such-thing", PYTHONMALLOC="malloc", PYTHONHASHSEED="7", LD_PRELOAD="/nowhere/libje.so.2")
    assert facts["python"]["allocator"] == "malloc"
    assert facts["python"]["hash_seed"] == "7"
    assert facts["python"]["preload"] == "libje.so.2"
    assert list(facts["packages"]) == ["msgspec"]


def test_defaults() -> None:
    python = ask()["python"]
    assert python["version"].startswith("{}.{}.{}".format(*sys.version_info[:3]))
    assert python["hash_seed"] == "random"
    assert python["allocator"] in {"pymalloc", "mimalloc", "pymalloc_debug"}
    assert python["gc_enabled"]


def test_ignored_variables_do_not_count() -> None:
    assert ask(flags=("-E",), PYTHONMALLOC="malloc", PYTHONHASHSEED="7")["python"]["hash_seed"] == "random"


def test_switched_off_and_debug() -> None:
    python = ask(flags=("-X", "dev", "-OO"), PYTHONHASHSEED="0")["python"]
    assert python["allocator"].endswith("_debug")
    assert python["hash_seed"] == "0"
    assert "-OO" in python["build_flags"]
    assert ask(PYTHONMALLOC="debug")["python"]["allocator"].endswith("_debug")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"CONFIG_ARGS": "'--prefix=/srv/me/py' '--with-lto=thin' '--enable-optimizations'"}, 2),
        ({"PY_CFLAGS_NODIST": "-flto -fprofile-use -O3"}, 2),
        ({"CONFIG_ARGS": "'--with-dtrace=/opt/x'"}, 0),
        ({}, 0),
    ],
)
def test_build_flags_hold_no_paths(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], expected: int) -> None:
    monkeypatch.setattr("sysconfig.get_config_var", settings.get)
    flags = interpreter_facts.build_facts()["build_flags"]
    assert isinstance(flags, list)
    assert len(flags) == expected
    assert not any("/" in f for f in flags)
