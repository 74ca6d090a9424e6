"""Facts of the interpreter that runs this file: standard library only, run inside other environments too.

It works on Python 3.8 and later. Run with package names as arguments, it prints one marked line of JSON.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK = "perftool-facts:"

_FLAGS = (
    "--disable-gil",
    "--enable-bolt",
    "--enable-experimental-jit",
    "--enable-optimizations",
    "--enable-pystats",
    "--enable-shared",
    "--with-address-sanitizer",
    "--with-assertions",
    "--with-dtrace",
    "--with-lto",
    "--with-pydebug",
    "--with-tail-call-interp",
    "--with-trace-refs",
    "--with-undefined-behavior-sanitizer",
    "--with-valgrind",
    "--without-pymalloc",
)


def build_facts(*, light: bool = False) -> dict[str, object]:
    """Return the fields of PythonBuild as plain values; ``light`` leaves out the build flags."""
    compiler = sys.version.rpartition("[")[2].rstrip("]").strip() if "[" in sys.version else ""
    gil = getattr(sys, "_is_gil_enabled", None)
    return {
        "version": "{}.{}.{}".format(*sys.version_info[:3]) + _release_suffix(),
        "implementation": sys.implementation.name,
        "compiler": compiler,
        "gil": bool(gil()) if gil else True,
        "allocator": _allocator(),
        "preload": _preload(),
        "hash_seed": _hash_seed(),
        "gc_enabled": gc.isenabled(),
        "gc_thresholds": list(gc.get_threshold()),
        "build_flags": [] if light else _build_flags(),
    }


def package_versions(names: Iterable[str]) -> dict[str, str]:
    """Return the installed version of each distribution in ``names`` that is installed.

    cost: imports importlib.metadata.
    """
    from importlib import metadata

    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _release_suffix() -> str:
    level = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(sys.version_info.releaselevel)
    return f"{level}{sys.version_info.serial}" if level else ""


def _allocator() -> str:
    """Return the object allocator: what PYTHONMALLOC and development mode make of the build's default."""
    default = "mimalloc" if not getattr(sys, "_is_gil_enabled", lambda: True)() else "pymalloc"
    chosen = "" if sys.flags.ignore_environment else os.environ.get("PYTHONMALLOC", "")
    if chosen == "debug":
        return default + "_debug"
    if chosen and chosen != "default":
        return chosen
    debug = hasattr(sys, "gettotalrefcount") or getattr(sys.flags, "dev_mode", False)
    return default + "_debug" if debug else default


def _preload() -> str | None:
    """Return the file names of preloaded libraries (jemalloc, mimalloc …): they may replace malloc."""
    text = os.environ.get("LD_PRELOAD") or os.environ.get("DYLD_INSERT_LIBRARIES") or ""
    names = [os.path.basename(part) for part in text.replace(":", " ").split()]
    return " ".join(n for n in names if n) or None


def _hash_seed() -> str:
    if not sys.flags.hash_randomization:
        return "0"
    seed = "" if sys.flags.ignore_environment else os.environ.get("PYTHONHASHSEED", "")
    return seed if seed.isdigit() else "random"


def _build_flags() -> list[str]:
    """Return configure options and compiler choices that change speed; options that hold paths are left out."""
    import sysconfig

    words = (sysconfig.get_config_var("CONFIG_ARGS") or "").replace("'", " ").split()
    flags = {w for w in words if w.startswith(_FLAGS) and "/" not in w}
    compile_flags = " ".join(
        str(sysconfig.get_config_var(n) or "") for n in ("PY_CFLAGS", "PY_CFLAGS_NODIST", "PY_LDFLAGS_NODIST")
    )
    if "-fprofile-use" in compile_flags or "-fprofile-instr-use" in compile_flags:
        flags.add("--enable-optimizations")
    if "-flto" in compile_flags and not any(f.startswith("--with-lto") for f in flags):
        flags.add("--with-lto")
    if hasattr(sys, "gettotalrefcount"):
        flags.add("--with-pydebug")
    if sys.flags.optimize:
        flags.add("-" + "O" * sys.flags.optimize)
    return sorted(flags)


if __name__ == "__main__":
    import json

    facts = {"python": build_facts(), "packages": package_versions(sys.argv[1:])}
    sys.stdout.write("\n" + MARK + json.dumps(facts) + "\n")
