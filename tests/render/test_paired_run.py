"""How two sides were measured, in words."""

from __future__ import annotations

from perftool.model.environment import Source
from perftool.model.paired import Look, Stopping
from perftool.render import document as doc
from perftool.render import paired_run
from tests.render import samples


def run():  # type: ignore[no-untyped-def]
    payload = samples.paired().payload
    return payload.run  # type: ignore[union-attr]


def test_beside_the_verdict_stand_both_sides_with_their_revisions() -> None:
    assert paired_run.aside(run()) == (
        "working tree (4f2c91a0b with uncommitted changes) against HEAD~1 (9e107d9d3), 20 blocks of both in turn"
    )


def test_stopping_in_words() -> None:
    fixed = Stopping(rule="fixed", planned=20, done=20, reason="planned")
    assert paired_run.stopping(fixed) == "20 of 20 blocks, as planned"
    budget = Stopping(rule="fixed", planned=20, done=9, reason="budget", budget_s=60.0)
    assert paired_run.stopping(budget) == "9 of 20 blocks, ended by the budget of 60 s"
    look = Look(blocks=20, alpha=0.0000147, decided=3, rows=4)
    adaptive = Stopping(rule="adaptive", planned=80, done=20, reason="decided", looks=(look,))
    said = paired_run.stopping(adaptive)
    assert said == "20 of 80 blocks, adaptive; after 20: 3 of 4 rows decided at level 1.5e-05"
    cut = Stopping(rule="adaptive", planned=80, done=31, reason="budget", budget_s=60.0, looks=(look,))
    assert paired_run.stopping(cut).startswith("31 of 80 blocks, adaptive, ended by the budget of 60 s; after 20: 3 of")


def test_an_interrupted_run_says_so_without_being_opened() -> None:
    from msgspec.structs import replace

    cut = replace(run(), complete=False, stopping=Stopping(rule="fixed", planned=20, done=3, reason="interrupted"))
    notes = [block for block in paired_run.blocks(cut) if isinstance(block, doc.Note)]
    assert notes[0].text == "interrupted: 3 of 20 blocks finished"


def test_facts_tell_how_a_side_came_to_be() -> None:
    facts = dict(paired_run.facts(run()))
    assert facts["side HEAD~1"].endswith("pip install . in 14.2 s")
    assert facts["side working tree"].endswith("pip install ., reused")


def test_facts_of_commands_name_nothing_that_they_do_not_have() -> None:
    from msgspec.structs import replace

    one = run()
    commands = tuple(replace(case, kind="command") for case in one.cases)
    facts = dict(paired_run.facts(replace(one, cases=commands, settings=replace(one.settings, warmup=3))))
    assert facts["warm-up"] == "3 runs of every command a side"
    assert not facts.keys() & {"garbage collection", "shortest sample"}
    assert "warm-up" not in dict(paired_run.facts(one))


def test_one_sample_a_side_cannot_be_taken_in_fours() -> None:
    from msgspec.structs import replace

    one = run()
    assert "(A B B A or B A A B at random)" in dict(paired_run.facts(one))["order"]
    single = replace(one, settings=replace(one.settings, samples_per_block=1))
    assert "(A B or B A at random)" in dict(paired_run.facts(single))["order"]


def test_facts_tell_what_a_side_took_from_the_working_tree_and_what_was_counted() -> None:
    from msgspec.structs import replace

    told = run()
    base, now = told.sides
    taken = tuple(f"benchmarks/bench_{name}.py" for name in "abcdefgh")
    counted = replace(told.settings, memory=True, instructions=True)
    facts = dict(paired_run.facts(replace(told, sides=(replace(base, overlaid=taken), now), settings=counted)))
    assert facts["from the working tree"].startswith("HEAD~1 took benchmarks/bench_a.py, ")
    assert facts["from the working tree"].endswith("and 2 more")
    assert facts["counted too"] == "allocations and instructions"
    assert "from the working tree" not in dict(paired_run.facts(told))


def test_a_side_known_by_its_commit_is_not_named_twice() -> None:
    from msgspec.structs import replace

    base, now = run().sides
    commit = "4f2c91a0b" + "0" * 31
    source = Source(commit=commit, branch=None, dirty=False)
    side = replace(base, label=commit[:12], environment=replace(base.environment, source=source))
    assert "against 4f2c91a0b000, 20" in paired_run.aside(replace(run(), sides=(side, now)))
