"""Damaged inputs of every format: one clear line or a result, never anything else."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.compare import inputs
from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.inputs import Input
from perftool.compare.json_input import LIMIT_BYTES
from perftool.compare.lines import LINE_LIMIT
from perftool.errors import InputError, PerftoolError
from tests.render import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "data" / "foreign"
GOBENCH = b"""goos: linux
pkg: example.com/a
Unit ns/op better=lower
BenchmarkA/n=1-8 \t 100 \t 12.5 ns/op \t 3 B/op
BenchmarkA/n=1-8 \t 100 \t 12.75 ns/op \t 3 B/op
PASS
"""


def smaller(value: Any) -> Any:
    """Shorten long lists, so that every place of a document can be spoilt in turn."""
    if isinstance(value, dict):
        return {key: smaller(one) for key, one in value.items()}
    if isinstance(value, list):
        return [smaller(one) for one in value[:2]]
    return value


def document(path: Path) -> Any:
    found = json.loads(path.read_text())
    if "result_columns" in found:
        # The columns of asv's rows are no list to shorten.
        kept = ("tiny.Sorting.time_sort", "tiny.mem_list")
        return found | {"results": {name: found["results"][name] for name in kept}}
    if "schema_version" not in found:
        return smaller(found)
    found["measurements"] = found["measurements"][:2]
    found["payload"]["cases"] = found["payload"]["cases"][:1]
    return found


DOCUMENTS = {path.stem: document(path) for path in [*sorted(FOLDER.glob("*.json")), samples.FOLDER / "bench.json"]}
CORPUS = {"gobench": GOBENCH} | {name: json.dumps(found).encode() for name, found in DOCUMENTS.items()}


def digest(data: bytes) -> None:
    """Read and compare; the only failure allowed is one clear line about the input."""
    try:
        imported = inputs.read(io.BytesIO(data), "damaged")
        payload, verdict, _ = compare([Input("a", imported), Input("b", imported)], gate=GateRules())
    except InputError as error:
        assert error.message  # noqa: PT017 - what the message says is the point
        assert "\n" not in error.message  # noqa: PT017
        assert error.message.startswith("damaged")  # noqa: PT017
        return
    assert verdict.headline
    assert payload.alpha == 0.05


@pytest.mark.parametrize("name", CORPUS)
def test_whole(name: str) -> None:
    assert inputs.read(io.BytesIO(CORPUS[name]), "whole").series


@pytest.mark.parametrize("name", CORPUS)
def test_cut_off(name: str) -> None:
    data = CORPUS[name]
    for end in range(0, len(data), max(1, len(data) // 120)):
        digest(data[:end])


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize(
    "piece", [b"\x00", b"\xff\xfe", b"NaN", b"Infinity", b"-1e999", b"\n", b'"', b"}", b"[[[[", b"\xed\xa0\x80"]
)
def test_with_a_piece_put_in(name: str, piece: bytes) -> None:
    data = CORPUS[name]
    for place in range(0, len(data), max(1, len(data) // 40)):
        digest(data[:place] + piece + data[place:])


def spoilt(value: Any, wrong: Any) -> Iterator[Any]:
    """Yield ``value`` with each of its parts, in turn, replaced by ``wrong`` or left out."""
    yield wrong
    if isinstance(value, dict):
        for key, one in value.items():
            yield {other: inner for other, inner in value.items() if other != key}
            for changed in spoilt(one, wrong):
                yield value | {key: changed}
    elif isinstance(value, list):
        for place, one in enumerate(value):
            for changed in spoilt(one, wrong):
                yield [*value[:place], changed, *value[place + 1 :]]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("wrong", [None, True, -1, 1e308, "text", [], {}, [[]]], ids=repr)
def test_with_wrong_types(name: str, wrong: Any) -> None:
    for changed in spoilt(DOCUMENTS[name], wrong):
        digest(json.dumps(changed).encode())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_with_duplicate_keys(name: str) -> None:
    data = CORPUS[name]
    for key in DOCUMENTS[name]:
        digest(data[:-1] + f', "{key}": 1}}'.encode())
        digest(b'{"' + key.encode() + b'": 1, ' + data[1:])


@pytest.mark.parametrize(
    "data", [b"", b"\n", b" ", b"\x00" * 1000, b"\xff" * 1000, bytes(range(256)) * 20, b"{" * 5000, b"[" * 100_000]
)
def test_noise(data: bytes) -> None:
    digest(data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(CORPUS)), st.integers(0, 10_000))
def test_random_noise_in_the_middle(noise: bytes, name: str, place: int) -> None:
    data = CORPUS[name]
    place %= len(data)
    digest(data[:place] + noise + data[place + len(noise) :])


class Huge:
    """A stream that would give a gigabyte; it counts what is taken."""

    def __init__(self, start: bytes, filling: bytes) -> None:
        self.start = start
        self.filling = filling
        self.given = 0

    def read(self, size: int) -> bytes:
        if self.given > 2 * LIMIT_BYTES:
            return b""
        head, self.start = self.start[:size], self.start[size:]
        block = head + self.filling * (size - len(head))
        self.given += len(block)
        return block


@pytest.mark.parametrize("start", [b"BenchmarkA 1 1 x\n", b"", b'{"other": "'])
@pytest.mark.parametrize("filling", [b"x", b"\x00", b" ", b"1"])
def test_a_huge_line_is_refused_early(start: bytes, filling: bytes) -> None:
    stream = Huge(start, filling)
    with pytest.raises(PerftoolError, match=r"65,536 bytes or more|JSON of no known kind"):
        inputs.read(stream, "huge")  # type: ignore[arg-type]
    assert stream.given < 10 * LINE_LIMIT


def test_huge_json_is_refused_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perftool.compare.json_input.LIMIT_BYTES", 4 << 20)
    stream = Huge(b'{"results": [{"command": "', b"x")
    with pytest.raises(InputError, match="larger than 4 MiB"):
        inputs.read(stream, "huge")  # type: ignore[arg-type]
    assert stream.given < 8 << 20
