"""What the shop talks about."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Sku(NamedTuple):
    """A kind of thing in a colour and a size."""

    code: str
    colour: str
    size: int


@dataclass
class Line:
    sku: Sku
    count: int
    price: float


@dataclass
class Order:
    number: int
    customer: str
    region: str
    lines: list[Line] = field(default_factory=list)


class Basket:
    """Things by kind, in the order in which they were put in."""

    def __init__(self) -> None:
        self._counts: dict[Sku, int] = {}
        self._order: list[Sku] = []

    def add(self, sku: Sku, count: int = 1) -> None:
        if sku not in self._counts:
            self._order.append(sku)
            self._counts[sku] = 0
        self._counts[sku] += count

    def items(self) -> list[tuple[Sku, int]]:
        return [(sku, self._counts[sku]) for sku in self._order]
