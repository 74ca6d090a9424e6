"""Where a run happened: machine, Python, packages, source. No host or user name, no absolute path."""

from __future__ import annotations

from perftool.model.base import Model


class OperatingSystem(Model, frozen=True):
    """Operating system: ``name`` is linux, darwin or windows; ``machine`` the architecture (x86_64)."""

    name: str
    release: str
    machine: str
    distribution: str | None = None
    libc: str | None = None


class Cpu(Model, frozen=True):
    """Processor: usable cores respect affinity; ``quota_cores`` is the cgroup's CPU quota."""

    model: str
    cores_total: int
    cores_usable: int
    quota_cores: float | None = None
    governor: str | None = None
    boost: bool | None = None


class Memory(Model, frozen=True):
    """Memory in bytes; ``cgroup_limit_bytes`` is None when unlimited."""

    total_bytes: int
    available_bytes: int
    cgroup_limit_bytes: int | None = None


class PythonBuild(Model, frozen=True):
    """The interpreter that ran the measured code."""

    version: str
    implementation: str
    compiler: str
    gil: bool = True
    allocator: str = "pymalloc"
    preload: str | None = None
    hash_seed: str | None = None
    gc_enabled: bool = True
    gc_thresholds: tuple[int, ...] = ()
    build_flags: tuple[str, ...] = ()


class Source(Model, frozen=True):
    """The revision of the code under test; ``dirty`` is None where nobody asked git or git did not answer."""

    commit: str | None
    branch: str | None
    dirty: bool | None


class Activity(Model, frozen=True):
    """What else the machine did: 1-minute load and share of CPU time stolen, before and after.

    ``steal_share`` is stolen CPU time over all CPU time during the run (0..1); ``other_cores`` the mean number of
    cores used by other processes during the run. None where the system does not tell.
    """

    load_before: float | None = None
    load_after: float | None = None
    steal_before_s: float | None = None
    steal_after_s: float | None = None
    steal_share: float | None = None
    other_cores: float | None = None


class Environment(Model, frozen=True):
    """Everything a reader needs to decide whether two runs can be compared.

    ``label`` is a chosen name such as ``ci-linux-x64``, never a host name.
    """

    label: str
    os: OperatingSystem
    cpu: Cpu
    memory: Memory
    python: PythonBuild
    packages: dict[str, str]
    source: Source | None = None
    activity: Activity = Activity()

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what must be equal for stored times to be comparable: system, processor, cores, Python."""
        return (
            self.os.name,
            self.os.machine,
            self.cpu.model,
            str(self.cpu.cores_usable),
            self.python.implementation,
            ".".join(self.python.version.split(".")[:2]),
            self.python.allocator,
        )
