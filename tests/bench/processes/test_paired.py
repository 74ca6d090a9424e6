"""What a run of two sides of commands says in the report, and what is doubtful in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.pair import Pair
from perftool.bench.processes import paired
from perftool.bench.processes.api import CommandSettings, Place
from perftool.bench.processes.launching import Run
from perftool.bench.processes.pairing import CommandPairRun, How
from perftool.bench.processes.parameters import expand
from perftool.bench.processes.series import Series
from perftool.bench.schedule import Plan
from perftool.model.paired import Side, Stopping
from tests.render.samples import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOW = How(CommandSettings(), Plan(6), samples=2, seed=7)


def series(line: str, wall_s: float = 0.1, codes: Sequence[int] = (0,) * 6, **more: Any) -> Series:
    (spec,) = expand([line])
    made = Series(spec, **more)
    for block, code in enumerate(codes):
        made.add(block, [Run(wall_s, 0.05, 0.02, 1000, code)])
    return made


def run(*pairs: Pair[Series], done: int = 6, reason: Any = "planned") -> CommandPairRun:
    for pair in pairs:
        pair.settle()
    budget = 9.0 if reason == "budget" else None
    return CommandPairRun(pairs, Stopping(rule="fixed", planned=6, done=done, reason=reason, budget_s=budget), 12.0)


def same(line: str, **more: Any) -> Pair[Series]:
    return Pair(series(line, **more), series(line, **more))


def places(tmp_path: Path) -> tuple[Place, Place]:
    for name in ("home", "one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text("")
    home = tmp_path / "home"
    one, two = (Place(tmp_path / name, {}, home=home, tree=tmp_path / name) for name in ("one", "two"))
    return one, two


def sides() -> tuple[Side, Side]:
    return (
        Side(name="base", label="main", environment=ENVIRONMENT),
        Side(name="now", label="working tree", environment=ENVIRONMENT),
    )


def test_measurements_of_both_sides_and_facts() -> None:
    lost = Pair(series("b"), series("b", codes=(), reason="exit code 1 in the warm-up"))
    neither = Pair(series("c", codes=(), reason="x"), series("c", codes=(), reason="x"))
    done = run(same("a"), lost, neither)
    values = paired.both_sides(done.pairs)
    assert [(m.side, m.case) for m in values if m.gates] == [("base", "a"), ("now", "a")]
    assert {m.unit for m in values if m.gates} == {"sec/op"}
    assert values[0].blocks == tuple(range(6))
    facts = paired.facts(done, HOW, sides(), profile="ci")
    assert [(c.case, c.kind, c.exit_codes) for c in facts.cases] == [("a", "command", {"0": 6})]
    assert [(one.case, one.side, one.reason) for one in facts.lost] == [("b", "now", "exit code 1 in the warm-up")]
    assert [(one.case, one.reason) for one in facts.skipped] == [("c", "x")]
    assert (facts.settings.samples_per_block, facts.settings.warmup, facts.settings.profile) == (2, 1, "ci")
    assert facts.duration_s == 12.0


def test_interrupted_before_the_first_block() -> None:
    facts = paired.facts(run(same("a", codes=()), done=0, reason="interrupted"), HOW, sides())
    assert not facts.complete
    assert [one.reason for one in facts.skipped] == ["interrupted"]


def codes(done: CommandPairRun, here: tuple[Place, Place]) -> list[str]:
    return [doubt.code for doubt in paired.doubtful(done, here)]


@pytest.mark.parametrize(
    ("base", "now", "code"),
    [((0,) * 6, (1,) * 6, "exit-codes-differ"), ((1,) * 6, (1,) * 6, "nonzero-exit"), ((0,) * 6, (0,) * 6, "")],
)
def test_exit_codes(tmp_path: Path, base: tuple[int, ...], now: tuple[int, ...], code: str) -> None:
    pair = Pair(series("a", codes=base), series("a", codes=now))
    assert codes(run(pair), places(tmp_path)) == ([code] if code else [])


def test_short_commands_and_few_blocks(tmp_path: Path) -> None:
    here = places(tmp_path)
    assert codes(run(same("a", wall_s=0.002)), here) == ["short-command"]
    assert codes(run(same("a"), done=5, reason="budget"), here) == ["budget", "few-blocks"]


def test_a_file_of_the_project_by_its_absolute_path_is_doubted(tmp_path: Path) -> None:
    here = places(tmp_path)
    own = tmp_path / "home" / "app.py"
    (tmp_path / "home" / "ignored").write_text("")
    for line in (f"python {own}", f"cat {own} | wc"):
        (doubt,) = paired.doubtful(run(same(line)), here)
        assert doubt.code == "shared-file"
        assert doubt.message.startswith("app.py is named by its absolute path")
    for line in ("python app.py", f"cat {tmp_path}/home/ignored", f"cat {tmp_path}/elsewhere", "cat /bin/sh"):
        assert codes(run(same(line)), here) == []
    assert codes(run(same("sh -c 'echo \"'")), here) == []
    in_place = tuple(Place(place.home, {}, home=place.home, tree=place.home) for place in here)
    assert codes(run(same(f"python {own}")), in_place) == []  # type: ignore[arg-type]
