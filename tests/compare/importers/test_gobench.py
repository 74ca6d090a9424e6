"""Go benchmark text."""

from __future__ import annotations

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.api import Imported, ReadOptions, SyntaxMessage, UnitDeclaration
from perftool.compare.importers.gobench import IMPORTER
from perftool.errors import InputError
from tests.fakes.failures import failure


def read(text: str | bytes, *, as_benchstat: bool = False) -> Imported:
    data = text if isinstance(text, bytes) else text.encode()
    return IMPORTER.read(io.BytesIO(data), "f.txt", ReadOptions(as_benchstat))


def values(found: Imported) -> dict[tuple[str, str], list[float]]:
    return {(one.name, one.unit): list(one.values) for one in found.series}


def messages(found: Imported) -> list[str]:
    return [f"{event.line}: {event.text}" for event in found.events if isinstance(event, SyntaxMessage)]


def test_a_result_has_values_in_base_units() -> None:
    found = read("BenchmarkA-8  100  12.5 ns/op  3 B/op  2 MB/s\nBenchmarkA-8 100 13 ns/op 4 B/op 1 MB/s\n")
    assert values(found) == {
        ("A-8", "sec/op"): [12.5 * 1e-9, 13 * 1e-9],
        ("A-8", "B/op"): [3.0, 4.0],
        ("A-8", "B/s"): [2e6, 1e6],
    }
    assert [one.written_unit for one in found.series] == ["ns/op", "B/op", "MB/s"]


def test_a_unit_given_twice_on_a_line_adds_both() -> None:
    assert values(read("BenchmarkA 1 1 x 2 x\nBenchmarkA 1 3 x 4 x\n")) == {("A", "x"): [1.0, 2.0, 3.0, 4.0]}


def test_configuration_holds_for_what_follows() -> None:
    found = read("goos: linux\npkg: a\nBenchmarkA 1 1 x\npkg: b\nBenchmarkA 1 2 x\ngoos:\nBenchmarkA 1 3 x\n")
    assert [one.config for one in found.series] == [
        (("goos", "linux"), ("pkg", "a")),
        (("goos", "linux"), ("pkg", "b")),
        (("pkg", "b"),),
    ]


def test_a_deleted_key_gives_its_place_to_the_last() -> None:
    found = read("a: 1\nb: 2\nc: 3\na:\nBenchmarkA 1 1 x\n")
    assert found.series[0].config == (("c", "3"), ("b", "2"))


@pytest.mark.parametrize(
    ("line", "config"),
    [
        ("key: value ", (("key", "value "),)),
        ("key:\t v", (("key", "v"),)),
        ("a:b: c", ()),
        ("ключ: значение", (("ключ", "значение"),)),
        ("key:value", ()),
        ("Key: value", ()),
        ("kEy: value", ()),
        ("a key: value", ()),
        ("a\u00a0key: value", ()),
        (" key: value", ()),
        (": value", ()),
        ("1: value", ()),
    ],
)
def test_what_is_configuration(line: str, config: tuple[tuple[str, str], ...]) -> None:
    assert read(f"{line}\nBenchmarkA 1 1 x\n").series[0].config == config


def test_a_bare_name_is_no_result_and_no_fault() -> None:
    found = read("BenchmarkA\nBenchmark\nPASS\nok  \tx 1.2s\n--- x\n")
    assert (found.series, found.events) == ((), ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("BenchmarkA ", "missing iteration count"),
        ("BenchmarkA x 1 y", "parsing iteration count: invalid syntax"),
        ("Benchmarking is fun", "parsing iteration count: invalid syntax"),
        ("BenchmarkA 99999999999999999999 1 y", "parsing iteration count: value out of range"),
        ("BenchmarkA 1", "missing measurements"),
        ("BenchmarkA 1 1.2.3 y", "parsing measurement: invalid syntax"),
        ("BenchmarkA 1 1 y extra", "parsing measurement: invalid syntax"),
        ("BenchmarkA 1 nan y", "parsing measurement: invalid syntax"),
        ("BenchmarkA 1 1e999 y", "parsing measurement: value out of range"),
        ("BenchmarkA 1 1 y 2", "missing units"),
        ("Unit", "missing unit"),
        ("Unit x novalue", "expected key=value"),
        ("Unit x =v", "expected key=value"),
    ],
)
def test_one_bad_token_costs_the_line(line: str, message: str) -> None:
    # The good lines before it take the short way, where a bad one must not slip through.
    good = "BenchmarkA 1 1 y\nBenchmarkA 1 1 y\n"
    found = read(good + line + "\n")
    assert messages(found) == [f"3: {message}"]
    assert values(found) == {("A", "y"): [1.0, 1.0]}


def test_unit_lines_declare() -> None:
    found = read("Unit ns/op better=lower assume=exact\n")
    assert found.events == (
        UnitDeclaration(1, "sec/op", "ns/op", "better", "lower"),
        UnitDeclaration(1, "sec/op", "ns/op", "assume", "exact"),
    )


def test_go_knows_other_white_space_than_python() -> None:
    assert values(read("BenchmarkA\u00a01\u20031\u3000y\u2028\n")) == {("A", "y"): [1.0]}
    assert values(read("BenchmarkA\x1cB 1 1 y\r\n")) == {("A\x1cB", "y"): [1.0]}


def test_zeros_are_of_the_base_unit_except_for_benchstat() -> None:
    text = "BenchmarkA 1 5 ns/op\nBenchmarkA 1 0 ns/op\nBenchmarkA 1 0 ns/op\n"
    assert values(read(text)) == {("A", "sec/op"): [5 * 1e-9, 0.0, 0.0]}
    assert values(read(text, as_benchstat=True)) == {("A", "sec/op"): [5 * 1e-9], ("A", "ns/op"): [0.0, 0.0]}


def test_infinities_are_left_out_except_for_benchstat() -> None:
    text = "BenchmarkA 1 5 x 1 y\nBenchmarkA 1 inf x 2 y\n"
    found = read(text)
    assert values(found) == {("A", "x"): [5.0], ("A", "y"): [1.0, 2.0]}
    assert [w.message for w in found.warnings] == ["1 infinite values were left out"]
    assert values(read(text, as_benchstat=True))["A", "x"] == [5.0, math.inf]


def test_a_byte_order_mark_is_no_harm_except_for_benchstat() -> None:
    text = "\ufeffpkg: a\nBenchmarkA 1 1 x\n"
    assert read(text).series[0].config == (("pkg", "a"),)
    assert read(text, as_benchstat=True).series[0].config == ()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_utf_16_is_named(encoding: str) -> None:
    data = "BenchmarkA 1 1 x\n".encode(encoding)
    marked = data if encoding == "utf-16" else "\ufeff".encode(encoding) + data
    for text in (data, marked):
        with pytest.raises(InputError, match=r"f\.txt: the text is UTF-16"):
            read(text)
    assert read(data, as_benchstat=True).series == ()


def test_wall_time_informs_where_cpu_time_is_given() -> None:
    found = read("BenchmarkA 1 5 ns/op 4 cpu-ns/op\nBenchmarkB 1 5 ns/op\n")
    assert [(one.name, one.unit, one.gates) for one in found.series] == [
        ("A", "sec/op", False),
        ("A", "cpu-sec/op", None),
        ("B", "sec/op", None),
    ]


def test_the_short_and_the_long_way_agree() -> None:
    lines = [f"BenchmarkX/n={n % 3}-4 {n} {n * 1.5} ns/op\t{n} B/op {n} my-ns/op" for n in range(1, 40)]
    apart = [read(line) for line in lines]
    together: dict[tuple[str, str], list[float]] = {}
    for one in apart:
        for key, found in values(one).items():
            together.setdefault(key, []).extend(found)
    assert values(read("\n".join(lines))) == together


@given(st.binary(max_size=200))
def test_anything_is_read_or_refused_in_one_line(data: bytes) -> None:
    error = failure(InputError, read, data)
    assert error is None or "\n" not in str(error)


TOKENS = st.sampled_from(
    ["Benchmark", "A", " ", "\t", "1", "2.5", "ns/op", "inf", "x", "Unit", "k=v", "k: v", "\r\n", "\n"]
)


@given(st.lists(TOKENS, max_size=40).map("".join))
def test_every_value_is_finite(text: str) -> None:
    assert all(math.isfinite(value) for one in read(text).series for value in one.values)


@pytest.mark.parametrize(
    ("head", "detected"),
    [(b"BenchmarkA 1 1 x", True), (b"goos: linux\nBenchmarkA 1 1 x", True), (b"goos: linux\n", False), (b"{}", False)],
)
def test_detection(head: bytes, detected: bool) -> None:
    assert IMPORTER.detects(head) is detected
