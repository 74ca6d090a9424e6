"""Find things by words, also by misspelt ones."""

from shop.model import Order


def words(text: str) -> list[str]:
    return text.lower().replace("-", " ").split()


def index(orders: list[Order]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for order in orders:
        for one in order.lines:
            for word in words(f"{one.sku.code} {one.sku.colour}"):
                found.setdefault(word, set()).add(order.number)
    return found


def near(word: str, edits: int = 1) -> set[str]:
    found = {word}
    for _ in range(edits):
        found |= {one[:at] + one[at + 1 :] for one in found for at in range(len(one))}
    return found


def rank(index: dict[str, set[int]], query: str) -> list[int]:
    scores: dict[int, float] = {}
    for word in words(query):
        for candidate in near(word):
            for number in index.get(candidate, ()):
                scores[number] = scores.get(number, 0.0) + len(candidate) / len(word)
    best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return [number for number, _ in best[:20]]
