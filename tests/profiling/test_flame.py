"""The flame graph in a real browser, used with mouse and keys as a person does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from perftool.errors import InputError
from perftool.profiling.capture import ALLOC_SPACE, CPU, WALL, Builder, Capture, Function
from perftool.profiling.flame import diff_page, page
from tests.profiling.chromium import Browser, in_a_browser
from tests.profiling.flames import shop
from tests.profiling.writers.test_html import hostile
from tests.render.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The height of a frame, and the rows from the root on at which things of the shop lie.
ROW = 21


class Shown:
    """A page in the browser."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self.browser = browser
        self.path = path

    def open(self, fragment: str = "", **how: Any) -> None:
        self.browser.open(self.path.as_uri() + fragment, **how)

    def box(self, selector: str) -> dict[str, float]:
        found = self.browser.run(f"JSON.stringify(document.querySelector('{selector}').getBoundingClientRect())")
        return dict(json.loads(found))

    def point(self, share: float, depth: int) -> tuple[float, float]:
        """Return where on the screen a frame lies: at which part of the width, how many rows below the root."""
        box = self.box("#canvas")
        return box["x"] + share * box["width"], box["y"] + depth * ROW + 10

    def click(self, share: float, depth: int) -> None:
        self.browser.click(*self.point(share, depth))

    def tip(self, share: float, depth: int) -> list[str]:
        self.browser.move(*self.point(share, depth))
        self.browser.settled()
        return self.browser.text("#tip").split("\n")

    def row(self, depth: int) -> dict[str, float]:
        """Return the frames of a row by name, each with a part of the width at which it lies."""
        box = self.box("#canvas")
        script = (
            "JSON.stringify(Array.from({length: 100}, (_, i) => { const at = (i + 0.5) / 100;"
            f" document.getElementById('canvas').dispatchEvent(new PointerEvent('pointermove', {{clientX: {box['x']} +"
            f" at * {box['width']}, clientY: {box['y'] + depth * ROW + 10}}}));"
            " const tip = document.getElementById('tip'); return [tip.hidden ? '' : tip.firstChild.innerText, at]; }))"
        )
        return dict(json.loads(self.browser.run(script)))

    def crumbs(self) -> list[str]:
        return [one for one in self.browser.text("#crumbs").replace("\n", " ").split(" › ") if one]

    def marked(self) -> float:
        """Return the part of the width that the marked frame has."""
        return round(self.box("#mark")["width"] / self.box("#canvas")["width"], 2)

    def rows(self) -> list[list[str]]:
        """Return the cells of the table, without what is small in them."""
        script = (
            "JSON.stringify([...document.querySelectorAll('#rows tr')].map(row => [...row.cells].map(cell => {"
            " const copy = cell.cloneNode(true); copy.querySelectorAll('small,button').forEach(e => e.remove());"
            " return copy.textContent; })))"
        )
        return [[cell.replace("\u00a0", " ") for cell in row] for row in json.loads(self.browser.run(script))]

    def hash(self) -> str:
        return str(self.browser.run("decodeURIComponent(location.hash)"))


@pytest.fixture
def shown(chromium: Browser, tmp_path: Path) -> Iterator[Shown]:
    """Give a place for a page; afterwards nothing was complained of, and nothing was asked of any network."""
    chromium.forget()
    found = Shown(chromium, tmp_path / "page.html")
    yield found
    assert chromium.complaints == []
    assert {address.partition("#")[0] for address in chromium.requests} <= {found.path.as_uri(), "data:,"}


@pytest.fixture
def flame(shown: Shown) -> Shown:
    shown.path.write_text(page(shop()), "utf-8")
    shown.open()
    return shown


@pytest.fixture
def change(shown: Shown) -> Shown:
    before, after = shop(), replace(shop(slow=50))
    builder = Builder(before.value_types)
    gone = builder.frame(before.functions[0]), builder.frame(replace_name(before, "shop.legacy.round_up"))
    builder.add(gone, [50, 500_000_000, 0], {"thread": "main"})
    builder.take_in(before)
    shown.path.write_text(
        diff_page([builder.build()], [after], labels=("main", "now"), changed=["shop.checkout.total"]), "utf-8"
    )
    shown.open()
    return shown


def replace_name(capture: Capture, name: str) -> Any:
    return capture.functions[0]._replace(name=name)


@in_a_browser
def test_a_frame_under_the_pointer_says_what_it_is(flame: Shown) -> None:
    assert flame.tip(0.3, 1) == [
        "__main__.<module>", "run.py:1 · own code", "total", "1.20 s", "60.0 % of all", "own", "0", "0.0 % of all",
    ]  # fmt: skip
    told = flame.tip(0.01, 2)
    assert told[0] == "shop.parse.rows"
    assert told[4] == "30.0 % of all, 50.0 % of the frame above"


@in_a_browser
def test_a_click_zooms_and_the_way_back_is_shown(flame: Shown) -> None:
    assert flame.crumbs() == ["all"]
    flame.click(0.01, 2)
    assert flame.crumbs() == ["all", "__main__.<module>", "shop.parse.rows"]
    assert flame.marked() == 1
    assert flame.rows()[0] == ["50.0 %", "100.0 %", "shop.parse.rows"]
    flame.click(0.5, 1)
    assert flame.crumbs() == ["all", "__main__.<module>"]
    flame.browser.run("history.back()")
    flame.browser.until("document.querySelectorAll('#crumbs button').length === 3")
    flame.browser.press("Escape")
    flame.browser.press("Escape")
    assert flame.crumbs() == ["all"]
    assert flame.rows()[0] == ["35.0 %", "50.0 %", "shop.parse.rows"]


@in_a_browser
def test_a_search_tells_its_share(flame: Shown) -> None:
    flame.browser.press("/")
    flame.browser.write("json")
    assert flame.browser.text("#matched") == "15.0 % (300 ms) in 2 functions"
    assert [row[2] for row in flame.rows()[:2]] == ["scan_once", "json.decoder.JSONDecoder.raw_decode"]
    flame.browser.press("Escape")
    assert flame.browser.text("#matched") == ""
    flame.browser.press("/")
    flame.browser.write("^shop|_expression$")
    # Each stack counts once, however many of its frames match.
    assert flame.browser.text("#matched") == "97.0 % (1.94 s) in 3 functions"
    flame.browser.press("Escape")
    flame.browser.press("/")
    flame.browser.write("raw_decode(")
    assert flame.browser.text("#matched") == "0.0 % (0) in 0 functions"


@in_a_browser
def test_a_search_counts_what_is_zoomed(flame: Shown) -> None:
    flame.click(0.01, 2)
    flame.browser.press("/")
    flame.browser.write("json")
    assert flame.browser.text("#matched") == "50.0 % (300 ms) in 2 functions"


@in_a_browser
def test_labels_choose_samples(flame: Shown) -> None:
    assert flame.browser.text("#facts").startswith("2.00 s CPU time · 200 samples")
    assert flame.browser.run("document.querySelectorAll('#filters select').length") == 1, "all have the same pid"
    flame.browser.choose("#filters select", "worker 40.0")
    assert flame.browser.text("#facts").startswith("800 ms CPU time of the chosen samples · 80 samples")
    assert flame.tip(0.5, 1)[0] == "threading.Thread._bootstrap"
    assert "label.thread=worker" in flame.hash()
    flame.browser.choose("#filters select", "all")
    assert flame.browser.text("#facts").startswith("2.00 s CPU time")


@in_a_browser
def test_labels_that_no_sample_has_together_leave_nothing(shown: Shown) -> None:
    builder = Builder([CPU])
    for thread, pid in (("a", "1"), ("b", "2")):
        builder.add([builder.frame(Function("app.work"))], [5_000_000], {"thread": thread, "pid": pid})
    shown.path.write_text(page(builder.build()), "utf-8")
    shown.open()
    shown.browser.choose("#filters select[data-key]:first-of-type", "1 50.0")
    assert shown.browser.text("#facts").startswith("5.00 ms CPU time of the chosen samples")
    shown.browser.choose(".pick:not(.on) > select[data-key]", "b 50.0")
    assert shown.browser.text("#facts").startswith("0 CPU time of the chosen samples")
    assert shown.rows() == []
    assert sorted(shown.hash().removeprefix("#").split("&")) == ["label.pid=1", "label.thread=b"]


@in_a_browser
def test_value_types_have_their_units(flame: Shown) -> None:
    flame.browser.choose("#value", "memory allocated")
    assert flame.browser.text("#facts").startswith("25.4 KiB memory allocated · 200 samples")
    flame.browser.choose("#value", "samples")
    assert flame.browser.text("#facts").startswith("200 samples")
    assert flame.rows()[0][:2] == ["35.0 %", "50.0 %"]


@in_a_browser
def test_keys_do_all_that_the_mouse_does(flame: Shown) -> None:
    flame.browser.run("document.getElementById('canvas').focus()")
    flame.browser.press("ArrowDown")
    assert flame.marked() == 0.6
    assert flame.browser.text("#detail").startswith("__main__.<module> run.py:1")
    flame.browser.press("ArrowRight")
    assert flame.marked() == 0.4
    flame.browser.press("ArrowDown")
    flame.browser.press("Enter")
    assert flame.crumbs()[1] == "threading.Thread._bootstrap"
    assert flame.marked() == 1
    flame.browser.press("f")
    assert flame.browser.run("document.getElementById('flip').ariaPressed") == "true"
    flame.browser.press("ArrowDown")
    assert flame.browser.text("#detail").startswith("threading.Thread._bootstrap"), "roots are at the bottom now"
    flame.browser.press("0")
    assert flame.crumbs() == ["all"]


@in_a_browser
def test_lines_of_a_function_can_be_told_apart(flame: Shown) -> None:
    flame.browser.press("l")
    assert flame.tip(0.01, 2)[:2] == ["shop.parse.rows:17", "shop/parse.py:17 · own code"]


@in_a_browser
def test_callers_of_one_function(flame: Shown) -> None:
    flame.click(0.01, 2)
    flame.browser.press("c")
    assert flame.crumbs() == ["callers of shop.parse.rows: all"]
    assert flame.tip(0.3, 1)[0] == "shop.parse.rows"
    assert set(flame.row(2)) == {"__main__.<module>", "threading.Thread._bootstrap"}
    flame.browser.choose("#view", "bottom up")
    assert flame.tip(0.1, 1)[0] == "shop.parse.rows"
    assert flame.tip(0.1, 1)[4].startswith("35.0 % of all")
    flame.browser.choose("#view", "top down")
    assert flame.tip(0.1, 1)[0] == "__main__.<module>"


@in_a_browser
def test_the_table_sorts_and_marks(flame: Shown) -> None:
    own = [row[0] for row in flame.rows()]
    assert own == sorted(own, key=lambda text: -float(text.split()[0]))
    flame.browser.run("document.querySelectorAll('#columns button')[2].click()")
    names = [row[2] for row in flame.rows()]
    assert names == sorted(names)
    flame.browser.run(
        "[...document.querySelectorAll('#rows tr')].find(r => r.textContent.includes('scan_once')).click()"
    )
    assert flame.browser.text("#matched") == "11.0 % (220 ms) in 1 function"


@in_a_browser
def test_the_address_brings_it_all_back(flame: Shown) -> None:
    flame.click(0.01, 2)
    flame.browser.choose("#value", "samples")
    flame.browser.choose("#filters select", "main")
    flame.browser.press("/")
    flame.browser.write("scan")
    kept, crumbs, matched = flame.browser.run("location.hash"), flame.crumbs(), flame.browser.text("#matched")
    flame.open(kept)
    assert (flame.crumbs(), flame.browser.text("#matched")) == (crumbs, matched)
    assert flame.browser.text("#facts").startswith("120 samples of the chosen samples")
    flame.open("#zoom=99.4.x&value=none&label.thread=nobody&of=-4&view=callers&search=(")
    assert flame.crumbs() == ["all"]


@in_a_browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1400])
def test_it_fits_phones_and_desks_in_light_and_dark(flame: Shown, width: int, dark: bool) -> None:
    flame.open(width=width, dark=dark)
    root = "document.documentElement"
    assert flame.browser.run(f"{root}.scrollWidth - {root}.clientWidth") <= 0, "the page must not scroll sideways"
    assert flame.box("#canvas")["width"] > 0.6 * min(width, 1200) or width == 360
    light = flame.browser.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] > 128")
    assert light is not dark
    flame.browser.run("document.getElementById('theme').click()")
    assert flame.browser.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] > 128") is dark


@in_a_browser
@pytest.mark.parametrize(
    "name", ["<script>document.title='x'</script>", "\u202eright to left\u2069", "\x1b[31m\x00\n", "مرحبا.عالم"]
)
def test_hostile_names_are_shown_and_do_nothing(shown: Shown, name: str) -> None:
    shown.path.write_text(page(hostile(name)), "utf-8")
    shown.open()
    title = shown.browser.run("document.title")
    assert shown.browser.run("document.querySelectorAll('script').length") == 2
    assert shown.browser.run("document.querySelectorAll('#rows tr').length") == 2
    shown.tip(0.2, 2)
    shown.click(0.2, 2)
    assert len(shown.crumbs()) >= 2
    shown.browser.press("/")
    shown.browser.write(name[:20].strip() or "outer")
    assert shown.browser.run("document.title") == title


@in_a_browser
def test_all_hostile_names_at_once(shown: Shown) -> None:
    builder = Builder([CPU])
    for name in NAMES:
        frames = [builder.frame(Function(f"{name}.outer", name, 1)), builder.frame(Function(name, name, 2), 3)]
        builder.add(frames, [7], {name: name})
    shown.path.write_text(page(builder.build()), "utf-8")
    shown.open(width=360)
    assert shown.browser.run("document.querySelectorAll('#rows tr').length") == 2 * len(NAMES)
    assert shown.browser.run("document.querySelectorAll('script').length") == 2
    assert len(shown.row(1)) == len(NAMES)
    root = "document.documentElement"
    assert shown.browser.run(f"{root}.scrollWidth - {root}.clientWidth") <= 0


@in_a_browser
def test_a_change_has_both_sides(change: Shown) -> None:
    assert change.browser.text("#facts").startswith("2.50 s → 2.50 s CPU time · 250 → 250 samples")
    assert change.browser.text("#title") == "main → now"
    rows = {row[3]: row[:3] for row in change.rows()}
    assert rows["shop.checkout.totalcode changed"] == ["8.00 %", "28.0 %", "+20.0 pts"]
    assert rows["shop.legacy.round_uponly before"] == ["20.0 %", "0.0 %", "−20.0 pts"]
    assert "1 only before" in change.browser.text("#table-head")


@in_a_browser
def test_a_change_is_as_wide_as_after_before_or_both(change: Shown) -> None:
    assert "shop.legacy.round_up" not in change.row(2)
    change.browser.choose("#side", "before")
    assert "shop.legacy.round_up" in change.row(2)
    change.browser.choose("#side", "both")
    assert {"shop.legacy.round_up", "shop.checkout.total"} <= set(change.row(2))
    change.browser.choose("#measure", "weight")
    assert {row[3]: row[2] for row in change.rows()}["shop.legacy.round_uponly before"] == "−500 ms"


@in_a_browser
def test_a_change_is_red_where_it_is_more_and_blue_where_it_is_less(change: Shown) -> None:
    def colour(share: float, depth: int) -> list[int]:
        x, y = round(share * change.box("#canvas")["width"]), depth * ROW + 19
        script = (
            "(() => { const c = document.createElement('canvas').getContext('2d', {willReadFrequently: true});"
            f" c.drawImage(document.getElementById('canvas'), {x}, {y}, 1, 1, 0, 0, 1, 1);"
            " return [...c.getImageData(0, 0, 1, 1).data]; })()"
        )
        return list(change.browser.run(script))

    wide = change.row(2)
    red, _, blue, _ = colour(wide["shop.checkout.total"], 2)
    assert red > blue + 60
    change.browser.choose("#side", "before")
    wide = change.row(2)
    red, _, blue, _ = colour(wide["shop.legacy.round_up"], 2)
    assert blue > red + 60


@in_a_browser
def test_repeats_are_shown_as_their_mean(shown: Shown) -> None:
    shown.path.write_text(diff_page([shop(), shop(), shop()], [shop(), shop(slow=40)]), "utf-8")
    shown.open()
    assert shown.browser.text("#facts").startswith("2.00 s → 2.20 s CPU time")
    assert "means of 3 and 2 captures" in shown.browser.text("#facts")


@in_a_browser
def test_what_may_be_chance_has_no_colour(shown: Shown) -> None:
    shown.path.write_text(diff_page([shop()], [shop(slow=40)], sure=["shop.checkout.total"]), "utf-8")
    shown.open()
    kinds = shown.browser.run(
        "Object.fromEntries([...document.querySelectorAll('#rows tr')].map(row => [row.cells[3].querySelector('bdi')"
        ".textContent, row.cells[2].className]))"
    )
    assert kinds["shop.checkout.total"] == "more"
    assert kinds["shop.parse.rows"] == ""
    shown.browser.run("document.querySelectorAll('#table-head button')[1].click()")
    assert "less" in shown.browser.run("[...document.querySelectorAll('#rows tr')].map(row => row.cells[2].className)")


@in_a_browser
def test_frames_too_narrow_to_draw_stand_together(shown: Shown) -> None:
    builder = Builder([CPU])
    builder.add([builder.frame(Function("app.wide"))], [990_000])
    for number in range(5000):
        builder.add([builder.frame(Function(f"app.narrow{number}"))], [2])
    shown.path.write_text(page(builder.build()), "utf-8")
    shown.open()
    told = shown.tip(0.995, 1)
    assert told == ["5,000 too narrow to draw", "below all: 1.00 ms: zoom in to see them"]
    shown.browser.press("/")
    shown.browser.write("narrow4321$")
    assert shown.browser.text("#matched") == "<0.01 % (2.00 ns) in 1 function"


@in_a_browser
def test_weights_of_operations_are_those_of_one(shown: Shown) -> None:
    made = diff_page([shop()], [shop()], operations=(100, 200), measure="weight")
    shown.path.write_text(made, "utf-8")
    shown.open()
    assert shown.browser.text("#facts").startswith("20.0 ms → 10.0 ms CPU time")


@in_a_browser
def test_a_capture_of_nothing_is_drawn_too(shown: Shown) -> None:
    shown.path.write_text(page(Capture((WALL,))), "utf-8")
    shown.open()
    assert shown.browser.text("#facts").startswith("0 wall time")


def test_two_profiles_must_have_something_in_common() -> None:
    with pytest.raises(InputError, match="nothing in common: wall and alloc_space"):
        diff_page([Capture((WALL,))], [Capture((ALLOC_SPACE,))])
