"""The operating system from made-up trees and from this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.machine import system

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("etc/os-release", 'NAME="Some Linux"\nPRETTY_NAME="Some Linux 12 (name)"\n', "Some Linux 12 (name)"),
        ("etc/os-release", "# comment\nNAME='Plain'\n", "Plain"),
        ("usr/lib/os-release", "ID=tiny\n", "tiny"),
    ],
)
def test_distribution(tmp_path: Path, file: str, text: str, name: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)
    assert system.read(root=tmp_path).distribution == name


def test_no_distribution(tmp_path: Path) -> None:
    assert system.read(root=tmp_path).distribution is None


def test_musl_is_found_by_its_loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise ValueError(name)

    monkeypatch.setattr(os, "confstr", unknown)
    assert system.read(root=tmp_path).libc is None
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/ld-musl-x86_64.so.1").touch()
    assert system.read(root=tmp_path).libc == "musl"


def test_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "uname")
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("platform.version", lambda: "10.0.1")
    monkeypatch.setattr("platform.machine", lambda: "AMD64")
    found = system.read()
    assert (found.name, found.release, found.machine) == ("windows", "10.0.1", "amd64")


def test_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("platform.mac_ver", lambda: ("14.5", ("", "", ""), ""))
    assert system.read().distribution == "macOS 14.5"
    assert system.read(light=True).distribution != "macOS 14.5"
