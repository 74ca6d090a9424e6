"""What an order costs."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from shop import rates
from shop.model import Line, Order

STEPS = ((100, 0.02), (250, 0.05), (1000, 0.1))


@lru_cache(maxsize=64)
def tax_rate(region: str) -> float:
    rate = rates.BASE
    for letter in region.casefold() * 2:
        rate += (ord(letter) % 7) / 1000
    return rate


def line_total(line: Line) -> float:
    return round(line.count * line.price, 2)


def discount(total: float) -> float:
    share = 0.0
    for limit, rate in STEPS:
        if total >= limit:
            share = rate
    return total * share


def order_total(order: Order) -> float:
    total = 0.0
    for line in order.lines:
        total += line_total(line) * (1 + tax_rate(order.region))
    return total - discount(total)


def exact(total: float) -> Decimal:
    return Decimal(repr(total)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def invoice(orders: list[Order]) -> Decimal:
    return sum((exact(order_total(order)) for order in orders), Decimal(0))


def quotes(orders: list[Order]) -> list[dict[str, object]]:
    """Price every line alone, for comparison with competitors."""
    found = []
    for order in orders:
        for line in order.lines:
            offer = {"code": line.sku.code, "total": line_total(line), "fits": None}
            found.append(offer)
    return found
