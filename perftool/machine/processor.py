"""The processor and the part of it that this process may use."""

from __future__ import annotations

import os
from pathlib import Path

from perftool.machine import cgroup, system
from perftool.model.environment import Cpu

# source: Linux arch/arm64/include/asm/cputype.h, the cores met in servers, laptops and small boards.
_ARM_PARTS = {
    ("0x41", "0xd03"): "ARM Cortex-A53",
    ("0x41", "0xd07"): "ARM Cortex-A57",
    ("0x41", "0xd08"): "ARM Cortex-A72",
    ("0x41", "0xd0b"): "ARM Cortex-A76",
    ("0x41", "0xd0c"): "ARM Neoverse-N1",
    ("0x41", "0xd40"): "ARM Neoverse-V1",
    ("0x41", "0xd49"): "ARM Neoverse-N2",
    ("0x41", "0xd4f"): "ARM Neoverse-V2",
    ("0xc0", "0xac3"): "Ampere-1",
}


def read(*, root: Path = Path("/"), light: bool = False) -> Cpu:
    """Describe the processor; ``light`` starts no process, which on macOS costs the model's name."""
    total = os.cpu_count() or 1
    return Cpu(
        model=_model(root, light=light),
        cores_total=total,
        cores_usable=usable_cores() or total,
        quota_cores=cgroup.quota_cores(root),
        governor=_governor(root),
        boost=_boost(root),
    )


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _model(root: Path, *, light: bool) -> str:
    fields = _cpuinfo(root)
    for name in ("model name", "Model", "cpu model", "Hardware", "cpu", "uarch"):
        if fields.get(name):
            return " ".join(fields[name].split())
    implementer, part = fields.get("CPU implementer", ""), fields.get("CPU part", "")
    if implementer:
        return _ARM_PARTS.get((implementer, part), f"ARM implementer {implementer} part {part or 'unknown'}")
    return _foreign_model(light=light) or _architecture()


def _cpuinfo(root: Path) -> dict[str, str]:
    """Return the first value of every field: later cores repeat them."""
    fields: dict[str, str] = {}
    for line in _text(root / "proc/cpuinfo").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
    return fields


def _foreign_model(*, light: bool) -> str:
    """Ask macOS or Windows for the processor's name; "" where they do not say."""
    if system.name() == "darwin" and not light:
        import subprocess

        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        try:
            return subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            return ""
    if system.name() == "windows":
        return os.environ.get("PROCESSOR_IDENTIFIER", "")
    return ""


def _architecture() -> str:
    if hasattr(os, "uname"):
        return os.uname().machine
    return os.environ.get("PROCESSOR_ARCHITECTURE", "unknown")


def _governor(root: Path) -> str | None:
    """Return the frequency governor of all cores, several joined by +."""
    found = {_text(p).strip() for p in (root / "sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_governor")}
    return "+".join(sorted(found - {""})) or None


def _boost(root: Path) -> bool | None:
    """Return whether the processor may exceed its nominal frequency, None where the system does not tell."""
    folder = root / "sys/devices/system/cpu"
    no_turbo = _text(folder / "intel_pstate/no_turbo").strip()
    if no_turbo in {"0", "1"}:
        return no_turbo == "0"
    boost = _text(folder / "cpufreq/boost").strip()
    return boost == "1" if boost in {"0", "1"} else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
