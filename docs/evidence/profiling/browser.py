"""Open flame graphs in a real browser, use them as a person would, measure them and take their pictures.

Run it from anywhere with the project's interpreter: python docs/evidence/profiling/browser.py [FOLDER]. It profiles a
small shop, opens the page of it and that of a change in headless Chromium, and writes flame.png, flame-dark.png,
flame-diff.png and flame-phone.png to FOLDER, docs/images if not said. Then it opens captures of very many stacks.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from perftool.profiling.capture import CPU, SAMPLES, Builder, Capture, Function  # noqa: E402
from perftool.profiling.flame import page  # noqa: E402
from tests.profiling.chromium import Browser  # noqa: E402

ORDERS = '''
"""Read orders."""
import json
import random


def lines(count):
    source = random.Random(7)
    for number in range(count):
        items = [{"sku": source.randrange(500), "price": source.random() * 90, "count": 3} for _ in range(20)]
        yield json.dumps({"id": number, "items": items})


def read(text):
    return json.loads(text)
'''
CHECKOUT = '''
"""Add up orders."""


def discount(items):
    return sorted((item["price"] * item["count"] for item in items), reverse=True)[:3]


def total(order, rules):
    cost = 0.0
    for item in order["items"]:
        cost += item["price"] * item["count"]
        for rule in rules:
            if rule["sku"] == item["sku"]:
                cost -= rule["off"]
    return cost - 0.05 * sum(discount(order["items"]))
'''
REPORT = '''
"""Check what the database is asked."""
import sqlglot

QUERY = """
WITH sold AS (
  SELECT o.id, SUM(i.price * i.count) AS cost FROM orders AS o JOIN items AS i ON i.order_id = o.id
  WHERE o.day = DATE '2026-11-{:02}' AND i.sku NOT IN (SELECT sku FROM recalled) GROUP BY o.id
)
SELECT c.name, COUNT(*) AS orders, SUM(s.cost) AS total, AVG(s.cost) AS mean
FROM sold AS s LEFT JOIN customers AS c ON c.id = s.id
WHERE s.cost > 10 GROUP BY c.name HAVING SUM(s.cost) > 100 ORDER BY total DESC LIMIT 20
"""


def checked(days):
    return [sqlglot.parse_one(QUERY.format(day), dialect="postgres").sql(dialect="duckdb") for day in days]
'''
RUN = """
import sys
import threading

from shop import checkout, orders, report


def settle(count, rules):
    return sum(checkout.total(orders.read(text), rules) for text in orders.lines(count))


def main():
    rules = [{"sku": n * 7, "off": 0.5} for n in range(int(sys.argv[1]))]
    worker = threading.Thread(target=settle, args=(20000, rules), name="settle")
    worker.start()
    for _ in range(40):
        report.checked(range(1, 29))
    worker.join()


main()
"""


def main() -> int:
    """Profile, open, measure, take pictures; 1 when the browser had anything to complain of."""
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    with tempfile.TemporaryDirectory() as scratch, Browser(Path(scratch) / "browser") as browser:
        folder = Path(scratch) / "project"
        _project(folder)
        _take_pictures(browser, folder, pictures)
        for number in (1_000, 50_000, 300_000):
            _measure(browser, Path(scratch) / "large.html", number)
        foreign = [address for address in browser.requests if not address.startswith(("file:", "data:"))]
        _say(f"complaints of the browser: {browser.complaints or 'none'}; requests of a network: {foreign or 'none'}")
        return 1 if browser.complaints or foreign else 0


def _project(folder: Path) -> None:
    (folder / "shop").mkdir(parents=True)
    for name, text in (("orders", ORDERS), ("checkout", CHECKOUT), ("report", REPORT)):
        (folder / "shop" / f"{name}.py").write_text(text.lstrip(), "utf-8")
    (folder / "shop" / "__init__.py").write_text("", "utf-8")
    (folder / "run.py").write_text(RUN.lstrip(), "utf-8")
    perftool = [sys.executable, "-m", "perftool", "profile"]
    once = [*perftool, "cpu", "--pure", "sqlglot", "--rate", "200", "-q"]
    subprocess.run([*once, "-o", "flame.html", "run.py", "12"], cwd=folder, check=True, capture_output=True)
    for side, rules in (("before", "12"), ("after", "40")):
        (folder / side).mkdir()
        for number in range(3):
            output = f"pprof={side}/{number}.pb.gz"
            subprocess.run([*once, "-o", output, "run.py", rules], cwd=folder, check=True, capture_output=True)
    told = subprocess.run(
        [*perftool, "diff", "before", "after", "--per", "capture", "-o", "diff.html"], cwd=folder, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    _say(told.stdout.splitlines()[0])


def _take_pictures(browser: Browser, folder: Path, pictures: Path) -> None:
    def keep(name: str) -> None:
        browser.settled()
        (pictures / name).write_bytes(browser.picture())

    flame, diff = (folder / "flame.html").as_uri(), (folder / "diff.html").as_uri()
    browser.open(flame, width=1400, height=820)
    browser.move(60, 616)
    keep("flame.png")
    browser.open(f"{flame}#search=json", width=1400, height=820, dark=True)
    _say(f"search for json: {browser.text('#matched')}")
    keep("flame-dark.png")
    browser.open(diff, width=1400, height=820)
    keep("flame-diff.png")
    browser.open(flame, width=360, height=760)
    keep("flame-phone.png")


def _measure(browser: Browser, path: Path, stacks: int) -> None:
    capture = _many(stacks)
    began = time.perf_counter()
    path.write_text(page(capture), "utf-8")
    written = time.perf_counter()
    browser.open(path.as_uri())
    opened = time.perf_counter()
    label = _timed(browser, "const s = document.querySelector('#filters select'); s.selectedIndex = 2;"
                            " s.dispatchEvent(new Event('change'));")  # fmt: skip
    turned = _timed(browser, "document.getElementById('flip').click();")
    _say(
        f"{stacks:>8,} stacks: written in {written - began:.1f} s, {path.stat().st_size / 1e6:.1f} MB; opened in "
        f"{opened - written:.1f} s; one label chosen in {label:.0f} ms, drawn again in {turned:.0f} ms"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _timed(browser: Browser, script: str) -> float:
    return float(browser.run(f"(() => {{ const t = performance.now(); {script} return performance.now() - t; }})()"))


def _many(stacks: int) -> Capture:
    """Return so many different stacks of up to 60 frames, of 6,000 functions, in 8 threads."""
    source = random.Random(1)
    builder = Builder([SAMPLES, CPU])
    frames = [
        builder.frame(Function(f"p{i % 40}.m{i % 300}.C{i % 900}.f{i}", f"/srv/p{i % 40}/m{i % 300}.py", i), i + 3)
        for i in range(6000)
    ]
    known = [[source.choice(frames) for _ in range(12)] for _ in range(40)]
    for _ in range(stacks):
        start = source.choice(known)
        stack = start[: source.randrange(5, len(start) + 1)]
        stack += [source.choice(frames) for _ in range(source.randrange(1, 14))]
        known.append(stack[:60])
        weight = int(source.paretovariate(1.2) * 1e7)
        builder.add(stack[:60], [1, weight], {"thread": f"t{source.randrange(8)}"})
    return replace(builder.build(), default=1, engine="sampler")


if __name__ == "__main__":
    sys.exit(main())
