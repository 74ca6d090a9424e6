"""What is on sale."""

from shop.model import Order, Sku


def active(orders: list[Order]) -> list[Sku]:
    seen = dict.fromkeys(line.sku for order in orders for line in order.lines)
    return sorted(seen)


def labels(skus: list[Sku]) -> list[str]:
    return [label(sku) for sku in skus]


def label(sku: Sku) -> str:
    words = [sku.code.lower(), sku.colour.title(), f"size {sku.size}"]
    return " ".join(words).replace("-", " ")


def shelves(orders: list[Order]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in labels(active(orders)):
        found.setdefault(text[:2], []).append(text)
    return found
