from __future__ import annotations

import pytest

from perftool.model.doctor import Check
from perftool.profiling import checks
from perftool.profiling.permissions import Ability

PLAIN = {"root": False, "ptrace": False, "scope": None, "seccomp": False, "container": False}


@pytest.mark.parametrize(
    ("able", "state", "said"),
    [
        ({"ptrace": True}, "ok", "all users"),
        ({"ptrace": True, "seccomp": True}, "ok", "a filter for system calls"),
        ({"container": True}, "limited", "container"),
        ({}, "ok", "processes of this user"),
        ({"scope": 0}, "ok", "processes of this user"),
        ({"scope": 1}, "limited", "only processes that one has started"),
        ({"scope": 2}, "limited", "only root"),
        ({"scope": 3}, "failed", "nobody"),
    ],
)
def test_what_the_system_lets_one_look_into(
    able: dict[str, object], state: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    found = checks.tracing(Ability(**{**PLAIN, **able}))  # type: ignore[arg-type]
    assert found.state == state
    assert said in found.detail
    assert (found.state == "ok") or found.fix


def test_elsewhere_only_root_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert checks.tracing(Ability(**{**PLAIN, "root": True})).state == "ok"  # type: ignore[arg-type]
    assert checks.tracing(Ability(**PLAIN)).state == "limited"  # type: ignore[arg-type]


def test_nothing_works_only_without_any_profiler() -> None:
    broken = [Check(name=name, state="failed", detail="") for name in sorted(checks.ESSENTIAL)]
    other = Check(name="perf", state="ok", detail="")
    assert checks.nothing_works([*broken, other])
    assert not checks.nothing_works([*broken, Check(name="py-spy", state="limited", detail="")])
