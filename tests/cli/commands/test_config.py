"""``perftool config``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.config.schema import KEYS
from perftool.model.listing import ConfigPayload
from perftool.store import reports

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Run


def payload(text: str) -> ConfigPayload:
    found = reports.decode(text.encode(), name="r").payload
    assert isinstance(found, ConfigPayload)
    return found


def test_every_value_and_where_it_comes_from(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "perftool.toml").write_text("[bench]\nblocks = 9\n")
    monkeypatch.setenv("PERFTOOL_BENCH_SEED", "3")
    ran = run("config", "--profile", "ci", "--format", "json")
    assert ran.code == 0
    shown = payload(ran.out)
    assert shown.files == ("perftool.toml",)
    assert [value.name for value in shown.values] == list(KEYS)
    origins = {value.name: (value.value, value.origin) for value in shown.values}
    assert origins["bench.blocks"] == ("9", "perftool.toml:2")
    assert origins["bench.seed"] == ("3", "PERFTOOL_BENCH_SEED")
    assert origins["bench.mem"][1].startswith("profile ci:")
    assert origins["profile"] == ('"ci"', "command line")
    assert origins["bench.gc"] == ('"default"', "default")


def test_one_setting(run: Run) -> None:
    ran = run("config", "bench.min_time")
    assert ran.code == 0
    assert '"20ms"' in ran.out
    assert "bench.blocks" not in ran.out
    assert ran.out.splitlines()[0].endswith("1 setting, 0 changed from the default")
