"""Orders as text: ``#17;ann;north`` and below it ``AB-12/red/40 x 3 @ 9.95``."""

import re

from shop.model import Line, Order, Sku

LINE = re.compile(r"(\w+-\d+)/(\w+)/(\d+) x (\d+) @ (\d+\.\d\d)")


def fields(text: str) -> list[str]:
    return [part.strip() for part in text.lstrip("#").split(";")]


def head(text: str) -> Order:
    number, customer, region = fields(text)
    return Order(int(number), customer.title(), region)


def line(text: str) -> Line:
    found = LINE.match(text)
    if found is None:
        raise ValueError(text)
    code, colour, size, count, price = found.groups()
    return Line(Sku(code, colour, int(size)), int(count), float(price))


def orders(text: str) -> list[Order]:
    found: list[Order] = []
    for row in text.splitlines():
        if row.startswith("#"):
            found.append(head(row))
        elif row:
            found[-1].lines.append(line(row))
    return found
