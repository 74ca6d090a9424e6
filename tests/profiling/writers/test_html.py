"""The flame graph's page as a file: one piece, nothing from elsewhere, nothing that a name could do."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from perftool.profiling import page as parts
from perftool.profiling.capture import CPU, Builder, Capture, Function
from perftool.profiling.files import fits
from perftool.profiling.flame import diff_page
from perftool.profiling.writers.html import WRITER
from tests.profiling.flames import shop
from tests.render.hostile import NAMES


def page(capture: Capture | None = None) -> str:
    return WRITER.write(capture if capture is not None else shop()).decode()


def hostile(name: str) -> Capture:
    builder = Builder([CPU])
    frames = [builder.frame(Function(f"{name}.outer", f"/srv/{name}", 1)), builder.frame(Function(name, name, 2), 3)]
    builder.add(frames, [7], {name: name})
    builder.add(frames[:1], [7], {name: "other"})
    return replace(builder.build(), engine=name, facts={"target": name, "rate": name}, doubts=((name, name),))


def test_it_is_chosen_by_its_suffix() -> None:
    assert fits("flame.HTML") is not None
    assert fits("flame.html") == WRITER


def test_the_same_capture_gives_the_same_page() -> None:
    assert page() == page()


def test_nothing_is_loaded_from_anywhere() -> None:
    shown = page()
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"'\s)]+)""", shown) == ["data:,"]
    assert "http" not in shown.replace("http-equiv", "")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', shown)
    assert policy
    assert policy[1].startswith("default-src 'none'")


def test_the_policy_allows_one_script_by_its_digest() -> None:
    shown = page()
    [script] = re.findall(r"<script>(.*?)</script>", shown, flags=re.DOTALL)
    assert script == parts.script()
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in shown


def test_no_name_becomes_a_part_of_the_page() -> None:
    plain = page(hostile("name"))
    for name in NAMES:
        shown = page(hostile(name))
        assert re.findall(r"<(/?\w+)", shown) == re.findall(r"<(/?\w+)", plain)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", shown)


def test_without_a_script_there_is_a_table() -> None:
    shown = page()
    listing = shown[shown.index("<noscript>") : shown.index("</noscript>")]
    assert "<td>35.0 %</td><td>shop.parse.rows</td>" in listing


def test_a_capture_of_nothing_has_a_page() -> None:
    assert "<noscript>" in page(Capture((CPU,)))
    assert page(Capture(()))


def test_a_page_of_two_says_which_weights_it_shows() -> None:
    shown = diff_page([shop()], [shop(slow=50)], labels=("a<b", "c"))
    assert "<title>a&lt;b → c · flame graph</title>" in shown
