"""The operating system: kernel, distribution, C library."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from perftool.model.environment import OperatingSystem

_NAMES = {"win32": "windows", "darwin": "darwin", "linux": "linux"}


def read(*, root: Path = Path("/"), light: bool = False) -> OperatingSystem:
    """Describe the operating system; ``light`` leaves out what only ``platform`` can tell (macOS, Windows)."""
    if not hasattr(os, "uname"):
        return _windows()
    uname = os.uname()
    return OperatingSystem(
        name=name(),
        release=uname.release,
        machine=uname.machine,
        distribution=_macos() if name() == "darwin" and not light else _distribution(root),
        libc=_libc(root),
    )


def name() -> str:
    """Return linux, darwin, windows or what Python calls the system."""
    return _NAMES.get(sys.platform, sys.platform)


def _windows() -> OperatingSystem:
    import platform

    return OperatingSystem(name=name(), release=platform.version(), machine=platform.machine().lower() or "unknown")


def _macos() -> str | None:
    import platform

    version = platform.mac_ver()[0]
    return f"macOS {version}" if version else None


def _distribution(root: Path) -> str | None:
    for path in (root / "etc/os-release", root / "usr/lib/os-release"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        for field in ("PRETTY_NAME", "NAME", "ID"):
            value = fields.get(field, "").strip().strip("\"'")
            if value:
                return value
    return None


def _libc(root: Path) -> str | None:
    try:
        version = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, ValueError, OSError):
        version = None
    if version:
        return version
    return "musl" if any((root / "lib").glob("ld-musl-*")) else None
