"""What is worth saying beside the samples."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from .sampling import Sampling


def facts(sampling: Sampling) -> dict[str, str]:
    """Return figures that add up over processes (``….…_ns``, ``….count``), the rate, and whose byte code ran."""
    account, garbage = sampling.account, sampling.garbage
    found = {
        "process.cpu_ns": account.process_ns(),
        "sampler.cpu_ns": account.cost_ns,
        "unseen.cpu_ns": account.lost_ns(),
        "native.cpu_ns": account.native_ns,
        "late.cpu_ns": account.late_ns,
        "dropped.count": sampling.stacks.dropped,
        "gc.count": sum(garbage.counts),
        "gc.cpu_ns": sum(garbage.total_ns),
        "gc.max_ns": garbage.longest_ns,
    }
    for generation, count in enumerate(garbage.counts):
        found[f"gc.gen{generation}.count"] = count
        found[f"gc.gen{generation}.cpu_ns"] = garbage.total_ns[generation]
    version = ".".join(str(number) for number in sys.version_info[:2])
    said = {"rate": f"{sampling.rate:g}", "python": f"{sys.implementation.name} {version}"}
    return {**said, **{key: str(value) for key, value in found.items()}}
