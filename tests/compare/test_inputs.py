"""Input arguments, detection and reading."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from perftool import discovery
from perftool.compare import inputs
from perftool.compare.api import HEAD_BYTES, Importer, ReadOptions
from perftool.compare.inputs import NamedInput
from perftool.errors import InputError

FOLDER = Path(__file__).parents[1] / "data" / "foreign"
PACKAGE = "perftool.compare.importers"


def test_labels() -> None:
    assert inputs.parse(["a.txt", "new=b.txt", "=c.txt", "x=y=z", "-"]) == (
        NamedInput("a.txt", "a.txt"),
        NamedInput("new", "b.txt"),
        NamedInput("", "c.txt"),
        NamedInput("x", "y=z"),
        NamedInput("-", "-"),
    )


def test_a_path_given_twice_is_numbered_a_label_is_not() -> None:
    found = inputs.parse(["a", "b", "a", "l=a", "l=b"])
    assert [one.label for one in found] == ["a#0", "b", "a#1", "l", "l"]


class Trickle(io.BytesIO):
    """A pipe that gives a few bytes at a time."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(7, size) if size is not None and size >= 0 else 7)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_pipe_gives_what_the_file_gives(path: Path) -> None:
    data = path.read_bytes()
    assert inputs.read(Trickle(data), "x") == inputs.read(io.BytesIO(data), "x")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_just_one_importer_takes_a_file(path: Path) -> None:
    head = path.read_bytes()[:HEAD_BYTES]
    importers = [discovery.load(PACKAGE, name, "IMPORTER", what="importer") for name in discovery.names(PACKAGE)]
    assert all(isinstance(one, Importer) for one in importers)
    (taken,) = [one.name for one in importers if one.detects(head)]
    assert path.stem.startswith(taken)


def test_an_importer_that_gathers_takes_no_folder_of_other_files() -> None:
    class Files:
        names = ("results.json", "a/benchmark.json")

        def open(self, name: str) -> io.BytesIO:
            raise AssertionError(name)

    assert inputs.read_folder(Files(), "x") is None


def test_one_importer_is_the_fallback() -> None:
    importers = [discovery.load(PACKAGE, name, "IMPORTER", what="importer") for name in discovery.names(PACKAGE)]
    assert [one.name for one in importers if one.fallback] == ["gobench"]
    assert inputs.read(io.BytesIO(b"just some text\n"), "x").series == ()


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b' \n{"a": 1}', b'\xef\xbb\xbf{"BenchmarkX 1 1 x": 2}', b'["\nBenchmarkX 1 1 x"]']
)
def test_unknown_json_is_refused_except_for_benchstat(data: bytes) -> None:
    with pytest.raises(InputError, match="JSON of no known kind") as caught:
        inputs.read(io.BytesIO(data), "x")
    assert "pytest-benchmark" in str(caught.value.hint)
    inputs.read(io.BytesIO(data), "x", ReadOptions(as_benchstat=True))


def test_an_input_that_breaks_off_is_named() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(InputError, match="x: cannot be read"):
        inputs.read(Broken(b"BenchmarkA 1 1 x\n"), "x")


def test_compressed_input_is_named() -> None:
    with pytest.raises(InputError, match="x: compressed with gzip"):
        inputs.read(io.BytesIO(gzip.compress(b"BenchmarkA 1 1 x\n")), "x")
