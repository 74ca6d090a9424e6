"""``perftool init``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.cli import session
from perftool.cli.commands import init
from perftool.model.environment import Source
from perftool.model.listing import SetupPayload
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def written(text: str) -> dict[str, str]:
    payload = reports.decode(text.encode(), name="r").payload
    assert isinstance(payload, SetupPayload)
    return {file.path: file.state for file in payload.files}


@pytest.fixture
def label(project: Path) -> str:
    return session.environment(session.settings()).label


@pytest.fixture
def fake_bench(project: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """``perftool bench`` replaced by one that saves a report at once; its behaviour can be changed."""
    behaviour: dict[str, object] = {"code": 0, "dirty": False, "arguments": None}

    def run_command(arguments: list[str]) -> int:
        assert not (project / "perftool.toml").exists(), "measured before the tree is made dirty"
        behaviour["arguments"] = arguments
        label = session.environment(session.settings()).label
        source = Source(commit="4f2c", branch="main", dirty=bool(behaviour["dirty"]))
        environment = msgspec.structs.replace(samples.ENVIRONMENT, label=label, source=source)
        report = msgspec.structs.replace(samples.bench(), environment=environment)
        reports.save_run(report, project / ".perftool" / "reports", "x")
        return int(str(behaviour["code"]))

    monkeypatch.setattr(init.session, "run_command", run_command)
    return behaviour


def test_it_writes_everything_and_a_first_baseline(
    run: Run, project: Path, fake_bench: dict[str, object], label: str
) -> None:
    ran = run("init", "--format", "json")
    assert ran.code == 0
    assert fake_bench["arguments"] == ["bench", "--quiet"]
    assert written(ran.out) == {
        "perftool.toml": "created",
        ".github/workflows/perftool.yml": "created",
        ".gitlab-ci.yml": "created",
        ".perftool/.gitignore": "created",
        f"baselines/{label}/main.json": "created",
    }
    assert all((project / path).is_file() for path in written(ran.out))
    assert run("config").code == 0


def test_a_second_time_everything_is_kept(run: Run, project: Path, fake_bench: dict[str, object]) -> None:
    run("init")
    fake_bench["arguments"] = None
    ran = run("init", "--format", "json")
    assert set(written(ran.out).values()) == {"kept"}
    assert fake_bench["arguments"] is None


def test_dry_run_writes_nothing(run: Run, project: Path) -> None:
    ran = run("init", "--dry-run")
    assert ran.code == 0
    assert "4 files would be written" in ran.out
    assert [path.name for path in project.iterdir()] == [".git"]


@pytest.mark.parametrize(("change", "told"), [({"dirty": True}, "dirty"), ({"code": 4}, "ended with 4")])
def test_what_prevents_a_baseline_is_told_and_the_rest_is_done(
    run: Run, project: Path, fake_bench: dict[str, object], change: dict[str, object], told: str
) -> None:
    fake_bench |= change
    ran = run("init", "--ci", "none", "--format", "markdown")
    assert ran.code == 0
    assert "no baseline" in ran.out
    assert told in ran.out
    assert (project / "perftool.toml").exists()
    assert not list(project.glob("baselines/*/*.json"))


def test_an_existing_file_is_replaced_only_by_force(run: Run, project: Path) -> None:
    (project / "perftool.toml").write_text("[bench]\nblocks = 3\n")
    run("init", "--no-baseline")
    assert "blocks = 3\n" in (project / "perftool.toml").read_text()
    run("init", "--no-baseline", "--force")
    assert "# blocks = 12" in (project / "perftool.toml").read_text()


def test_another_command_can_be_run_inside(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "other.toml").write_text("[bench]\nblocks = 55\n")
    real = session.run_command
    monkeypatch.setattr(init.session, "run_command", lambda arguments: real(["config", "bench.blocks"]))
    ran = run("--config", "other.toml", "init", "--ci", "none")
    assert "55" in ran.err, "standard output is for the report of init"
    assert "55" not in ran.out
    assert "no report yet" in ran.out
