"""Orders for people and for other programs."""

import json
from collections.abc import Callable, Iterator

from shop.model import Order
from shop.prices import order_total


def money(value: float) -> str:
    return f"{value:,.2f} €"


def make_cell(width: int) -> Callable[[str], str]:
    pad = " " * width

    def cell(text: str) -> str:
        return (text + pad)[:width]

    return cell


def rows(orders: list[Order]) -> Iterator[list[str]]:
    for order in orders:
        for one in order.lines:
            yield [order.customer, one.sku.code, str(one.count), one.sku.colour]


def line(parts: list[str], value: float, cell: Callable[[str], str]) -> str:
    return cell(parts[0]) + cell(parts[1]) + cell(parts[2]) + money(value)


def table(orders: list[Order]) -> str:
    cell = make_cell(14)
    found = []
    for number, parts in enumerate(rows(orders)):
        found.append(line(parts, number * 1.25, cell))
    return "\n".join(found)


def plain(order: Order) -> dict[str, object]:
    lines = [{"code": one.sku.code, "count": one.count, "price": one.price} for one in order.lines]
    return {"number": order.number, "customer": order.customer, "lines": lines, "total": order_total(order)}


def to_json(orders: list[Order]) -> str:
    return json.dumps([plain(order) for order in orders])
