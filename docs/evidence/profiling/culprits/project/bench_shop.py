"""What the shop measures."""

import asyncio
import random

from shop import catalogue, model, parsing, prices, report, search, sql, stock

CHANCE = random.Random(7)
COLOURS = ["red", "green", "blue", "black", "white"]
REGIONS = ["north", "south", "east", "west"]


def _text(orders: int) -> str:
    rows = []
    for number in range(orders):
        rows.append(f"# {number} ; customer {number % 17} ; {CHANCE.choice(REGIONS)}")
        for _ in range(6):
            kind = f"AB-{CHANCE.randrange(300)}/{CHANCE.choice(COLOURS)}/{CHANCE.randrange(36, 46)}"
            rows.append(f"{kind} x {CHANCE.randrange(1, 9)} @ {CHANCE.randrange(100, 9999) / 100:.2f}")
    return "\n".join(rows)


TEXT = _text(200)
ORDERS = parsing.orders(TEXT)
SKUS = [line.sku for order in ORDERS for line in order.lines]
INDEX = search.index(ORDERS)
WANTED = [
    {"o.region": [CHANCE.choice(REGIONS)], "l.colour": CHANCE.sample(COLOURS, 3), "o.customer": [f"c{number}"]}
    for number in range(8)
]


def bench_parse():
    parsing.orders(TEXT)


def bench_invoice():
    prices.invoice(ORDERS)


def bench_quotes():
    prices.quotes(ORDERS)


def bench_table():
    report.table(ORDERS)


def bench_json():
    report.to_json(ORDERS)


def bench_shelves():
    catalogue.shelves(ORDERS)


def bench_basket():
    basket = model.Basket()
    for sku in SKUS:
        basket.add(sku)
    basket.items()


def bench_search():
    for query in ("ab 17 waterproof red", "ab-203 grean", "comfortable blakc", "ab 9 whitte"):
        search.rank(INDEX, query)


def bench_loads():
    stock.loads(list(stock.PARTS))


def bench_rush():
    asyncio.run(stock.rush(40, ["bike", "hub", "box", "pad"]))


def bench_questions():
    sql.questions(WANTED)


def bench_house_questions():
    sql.house_questions(WANTED)
