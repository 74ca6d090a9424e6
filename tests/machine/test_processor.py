"""The processor's name, governor and boost from made-up trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.machine import processor

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


@pytest.mark.parametrize(
    ("cpuinfo", "model"),
    [
        ("processor\t: 0\nmodel name\t: Some  CPU @ 3.00GHz\n\nmodel name\t: Other\n", "Some CPU @ 3.00GHz"),
        ("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "ARM Neoverse-N1"),
        ("CPU implementer\t: 0x99\nCPU part\t: 0x001\n", "ARM implementer 0x99 part 0x001"),
        ("CPU implementer\t: 0x99\n", "ARM implementer 0x99 part unknown"),
        ("processor\t: 0\nCPU part\t: 0xd08\nModel\t\t: Small Board 4\n", "Small Board 4"),
        ("processor\t: 0\ncpu\t\t: POWER9, altivec supported\n", "POWER9, altivec supported"),
        ("hart\t: 0\nuarch\t: sifive,u74-mc\n", "sifive,u74-mc"),
    ],
)
def test_model(tmp_path: Path, cpuinfo: str, model: str) -> None:
    write(tmp_path, "proc/cpuinfo", cpuinfo)
    assert processor.read(root=tmp_path, light=True).model == model


def test_without_cpuinfo_the_architecture_stands_for_the_model(tmp_path: Path) -> None:
    assert processor.read(root=tmp_path, light=True).model


def test_governors_are_joined_when_cores_differ(tmp_path: Path) -> None:
    write(tmp_path, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
    write(tmp_path, "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n")
    assert processor.read(root=tmp_path).governor == "performance+powersave"


@pytest.mark.parametrize(
    ("file", "text", "boost"),
    [
        ("intel_pstate/no_turbo", "1\n", False),
        ("intel_pstate/no_turbo", "0\n", True),
        ("cpufreq/boost", "1\n", True),
        ("cpufreq/boost", "0\n", False),
        ("cpufreq/boost", "?\n", None),
    ],
)
def test_boost(tmp_path: Path, file: str, text: str, boost: bool | None) -> None:
    write(tmp_path, f"sys/devices/system/cpu/{file}", text)
    assert processor.read(root=tmp_path).boost is boost


def test_this_machine() -> None:
    cpu = processor.read()
    assert 1 <= cpu.cores_usable <= cpu.cores_total
    assert cpu.model


def test_macos_and_windows_ask_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perftool.machine.system.name", lambda: "windows")
    monkeypatch.setenv("PROCESSOR_IDENTIFIER", "Intel64 Family 6")
    assert processor.read(root=tmp_path).model == "Intel64 Family 6"
    monkeypatch.setattr("perftool.machine.system.name", lambda: "darwin")
    assert processor.read(root=tmp_path).model  # no sysctl here: the architecture
