"""What the page of a flame graph holds: every weight, nothing twice, nothing of this machine."""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.capture import ALLOC_SPACE, CPU, SAMPLES, Builder, Capture, Function
from perftool.profiling.flame_table import TOO_SMALL, Table
from tests.profiling.flames import shop

STACKS = st.lists(
    st.tuples(st.lists(st.integers(0, 5), max_size=6), st.integers(0, 1000), st.sampled_from(["a", "b", ""])),
    max_size=30,
)


def captured(taken: list[tuple[list[int], int, str]]) -> Capture:
    builder = Builder([CPU, ALLOC_SPACE])
    for functions, weight, thread in taken:
        frames = [builder.frame(Function(f"m.f{number}", "/srv/m.py", number), number + 1) for number in functions]
        builder.add(frames, [weight, 2 * weight], {"thread": thread} if thread else None)
    return builder.build()


def table(*groups: Capture, most: int = 1000) -> dict[str, Any]:
    made = Table(groups[0].value_types, most)
    for one in groups:
        made.add([one])
    return made.plain()


def stacks(plain: dict[str, Any], group: int, value: int) -> Counter[tuple[tuple[str, ...], str]]:
    """Read back the weight of each stack of names under its labels, as the script does."""
    parents = [0, *(at + 1 - back for at, back in enumerate(plain["parents"]))]
    functions, _ = plain["frames"]

    def names(node: int) -> tuple[str, ...]:
        found: list[str] = []
        while node:
            found.insert(0, plain["strings"][plain["names"][functions[plain["nodes"][node - 1]]]])
            node = parents[node]
        return tuple(found)

    held = plain["groups"][group]
    found: Counter[tuple[tuple[str, ...], str]] = Counter()
    for node, label, weight in zip(held["nodes"], held["labels"], held["values"][value], strict=True):
        shown = ",".join(plain["strings"][text] for _, text in plain["labels"][label])
        found[names(node), shown] += weight
    return +found


def expected(capture: Capture, value: int) -> Counter[tuple[tuple[str, ...], str]]:
    found: Counter[tuple[tuple[str, ...], str]] = Counter()
    for sample in capture.samples:
        names = tuple(capture.function_of(frame).name for frame in capture.stacks[sample.stack])
        found[names, ",".join(text for _, text in capture.labels[sample.labels])] += sample.values[value]
    return +found


@given(STACKS, STACKS)
def test_every_weight_of_every_stack_and_label_is_there(
    one: list[tuple[list[int], int, str]], other: list[tuple[list[int], int, str]]
) -> None:
    groups = captured(one), captured(other)
    plain = table(*groups)
    for group, capture in enumerate(groups):
        for value in (0, 1):
            assert stacks(plain, group, value) == expected(capture, value)


@given(STACKS, st.integers(1, 12))
def test_what_is_folded_keeps_its_weight(taken: list[tuple[list[int], int, str]], most: int) -> None:
    capture = captured(taken)
    plain = table(capture, most=most)
    found = stacks(plain, 0, 0)
    assert sum(found.values()) == capture.total(0)
    for (names, _), _weight in found.items():
        assert TOO_SMALL.name not in names[:-1]
    whole = Counter({stack: weight for stack, weight in expected(capture, 0).items() if stack in found})
    assert all(found[stack] == weight for stack, weight in whole.items())
    if not plain["folded"]:
        assert found == expected(capture, 0)


def test_the_lightest_go_first() -> None:
    capture = captured([([0], 1000, ""), ([1], 500, ""), ([2], 1, ""), ([3], 1, "")])
    plain = table(capture, most=3)
    assert plain["folded"] == 2
    assert set(stacks(plain, 0, 0)) == {(("m.f0",), ""), (("m.f1",), ""), ((TOO_SMALL.name,), "")}


def test_nothing_is_held_twice() -> None:
    plain = table(shop(), shop())
    assert len(set(plain["strings"])) == len(plain["strings"])
    assert len(set(zip(*plain["frames"], strict=True))) == len(plain["frames"][0])


def test_no_folder_of_this_machine_is_in_it() -> None:
    plain = table(shop())
    assert not [text for text in plain["strings"] if "/srv" in text or text.startswith("/")]
    assert {"shop/checkout.py", "sqlglot/parser.py", "json/decoder.py"} <= set(plain["strings"])


def test_versions_of_a_function_are_one_frame() -> None:
    builder = Builder([SAMPLES])
    for code in ("x", "y"):
        builder.add([builder.frame(Function("m.f", "m.py", 3, code=code), 4)], [1])
    plain = table(builder.build())
    assert (len(plain["names"]), plain["groups"][0]["values"]) == (1, [[2]])


def test_it_is_packed_the_same_each_time() -> None:
    packed = [Table(shop().value_types) for _ in range(2)]
    for one in packed:
        one.add([shop()], scale=0.5)
    texts = [one.encoded({"title": "</script>"}) for one in packed]
    assert texts[0] == texts[1]
    assert texts[0].replace("+", "").replace("/", "").replace("=", "").isalnum()
    read = json.loads(gzip.decompress(base64.b64decode(texts[0])))
    assert (read["title"], read["groups"][0]["scale"]) == ("</script>", 0.5)
