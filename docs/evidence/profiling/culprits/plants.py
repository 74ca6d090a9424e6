# ruff: noqa: E501 - edits are quoted as they are, however long a line becomes
"""Twenty edits that make the shop slower, six that do not, and who is to be blamed for each: written down first.

Every plant is one commit on top of the shop: ``edits`` are (file, old text, new text); ``decoys`` are more of them in
the same commit, which change other code and no time. ``expected`` is the answer that counts as right, if it comes first.
"""

from __future__ import annotations

from dataclasses import dataclass

Edit = tuple[str, str, str]


@dataclass(frozen=True)
class Plant:
    """One commit, and who is expected to be blamed for ``bench`` after it."""

    name: str
    bench: str
    expected: str
    edits: tuple[Edit, ...]
    decoys: tuple[Edit, ...] = ()
    unit: str = "cpu-sec/op"
    collected: bool = False
    command: bool = False


RENAMED_LOCAL: Edit = (
    "shop/prices.py",
    "    share = 0.0\n    for limit, rate in STEPS:\n        if total >= limit:\n            share = rate\n    return total * share\n",
    "    best = 0.0\n    for at_least, part in STEPS:\n        best = part if total >= at_least else best\n    return best * total\n",
)

PLANTS = (
    Plant(
        "code of a leaf",
        "invoice",
        "shop.prices.exact",
        (
            (
                "shop/prices.py",
                '    return Decimal(repr(total)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)\n',
                '    value = Decimal(repr(total))\n    cents = Decimal("0.01").normalize()\n    for rounding in (ROUND_HALF_UP, "ROUND_HALF_EVEN", "ROUND_HALF_DOWN", "ROUND_UP", "ROUND_DOWN", "ROUND_FLOOR", "ROUND_CEILING"):\n        value.quantize(cents, rounding=rounding)\n    return value.quantize(cents, rounding=ROUND_HALF_UP)\n',
            ),
        ),
        (RENAMED_LOCAL,),
    ),
    Plant(
        "regular expression in a constant",
        "parse",
        "shop.parsing.line",
        (
            (
                "shop/parsing.py",
                r'''r"(\w+-\d+)/(\w+)/(\d+) x (\d+) @ (\d+\.\d\d)"''',
                r'''r"\s*(?:.*?;)?\s*(.*?\w+-\d+)/(.*?\w+)/(.*\d+) x (.*\d+) @ (.*\d+\.\d\d)"''',
            ),
        ),
    ),
    Plant(
        "a cache taken away",
        "invoice",
        "shop.prices.tax_rate",
        (
            ("shop/prices.py", "@lru_cache(maxsize=64)\ndef tax_rate", "def tax_rate"),
            ("shop/prices.py", "from functools import lru_cache\n\n", "\n"),
        ),
        (
            RENAMED_LOCAL,
            (
                "shop/prices.py",
                "        total += line_total(line) * (1 + tax_rate(order.region))\n",
                "        total += (1 + tax_rate(order.region)) * line_total(line)\n",
            ),
        ),
    ),
    Plant(
        "a default argument",
        "search",
        "shop.search.near",
        (("shop/search.py", "def near(word: str, edits: int = 1)", "def near(word: str, edits: int = 2)"),),
    ),
    Plant(
        "a helper called more often",
        "table",
        "shop.report.line",
        (
            (
                "shop/report.py",
                "    return cell(parts[0]) + cell(parts[1]) + cell(parts[2]) + money(value)\n",
                "    width = len(money(value))\n    return cell(parts[0]) + cell(parts[1]) + cell(parts[2]) + money(value).rjust(width)\n",
            ),
        ),
        (("shop/report.py", '    return f"{value:,.2f} €"\n', '    text = f"{value:,.2f}"\n    return text + " €"\n'),),
    ),
    Plant(
        "recursion",
        "loads",
        "shop.stock.weight",
        (
            (
                "shop/stock.py",
                "    return sum(count * weight(one, depth + 1) for one, count in inside)\n",
                "    known = PARTS[part]\n    return sum(count * weight(one, depth + 1) for one, count in inside if (one, count) in known)\n",
            ),
        ),
    ),
    Plant(
        "a generator",
        "table",
        "shop.report.rows",
        (
            (
                "shop/report.py",
                "            yield [order.customer, one.sku.code, str(one.count), one.sku.colour]\n",
                '            name = order.customer.expandtabs().strip().title().replace("  ", " ").replace("\\t", " ").rstrip()\n            yield [name, one.sku.code, str(one.count), one.sku.colour]\n',
            ),
        ),
    ),
    Plant(
        "what another function works on",
        "shelves",
        "shop.catalogue.active",
        (
            (
                "shop/catalogue.py",
                "    seen = dict.fromkeys(line.sku for order in orders for line in order.lines)\n    return sorted(seen)\n",
                "    seen = {line.sku: line.sku for order in orders for line in order.lines}\n    return sorted([*seen, *list(seen)[::2]])\n",
            ),
        ),
    ),
    Plant(
        "a comprehension",
        "json",
        "shop.report.plain",
        (
            (
                "shop/report.py",
                '{"code": one.sku.code, "count": one.count, "price": one.price} for one in order.lines]',
                '{"code": one.sku.code, "count": one.count, "price": one.price, "sum": round(one.count * one.price, 2)} for one in order.lines]',
            ),
        ),
    ),
    Plant(
        "a closure",
        "table",
        "shop.report.make_cell.<locals>.cell",
        (
            (
                "shop/report.py",
                "        return (text + pad)[:width]\n",
                "        shown = text.expandtabs(4).replace('\\n', ' ').replace('\\r', ' ').replace('\\f', ' ').strip()\n        return (shown + pad)[:width]\n",
            ),
        ),
        (("shop/report.py", '    return "\\n".join(found)\n', '    lines = found\n    return "\\n".join(lines)\n'),),
    ),
    Plant(
        "a coroutine",
        "rush",
        "shop.stock.Store.reserve",
        (
            (
                "shop/stock.py",
                "            self.counts[name] -= count\n",
                "            self.counts[name] -= count\n            left = {one: number for one, number in sorted(self.counts.items()) if number > 0}\n            self.counts.update(sorted(left.items()))\n",
            ),
        ),
    ),
    Plant(
        "a method",
        "basket",
        "shop.model.Basket.add",
        (
            (
                "shop/model.py",
                "        if sku not in self._counts:\n",
                "        if sku not in self._counts and sku not in self._order[-2:]:\n",
            ),
        ),
        (
            (
                "shop/model.py",
                "        return [(sku, self._counts[sku]) for sku in self._order]\n",
                "        counts = self._counts\n        return [(sku, counts[sku]) for sku in self._order]\n",
            ),
        ),
    ),
    Plant(
        "a special method that only C calls",
        "shelves",
        "shop.model.Sku.__hash__",
        (
            (
                "shop/model.py",
                "    size: int\n\n\n@dataclass\nclass Line",
                "    size: int\n\n    def __hash__(self) -> int:\n        return hash((self.code.lower(), self.colour, str(self.size)))\n\n\n@dataclass\nclass Line",
            ),
        ),
    ),
    Plant(
        "what a library is asked for",
        "json",
        "shop.report.to_json",
        (
            (
                "shop/report.py",
                "    return json.dumps([plain(order) for order in orders])\n",
                "    text = json.dumps([plain(order) for order in orders])\n    json.loads(text)\n    return text\n",
            ),
        ),
    ),
    Plant(
        "a compiled dependency, asked for more",
        "questions",
        "shop.sql.normal",
        (
            (
                "shop/sql.py",
                "    return sqlglot.parse_one(text).sql()\n",
                "    tree = sqlglot.parse_one(text)\n    return tree.copy().sql(pretty=True)\n",
            ),
        ),
    ),
    Plant(
        "what a compiled dependency calls",
        "house_questions",
        "shop.dialect.shorten",
        (
            (
                "shop/dialect.py",
                "            return exp.to_identifier(SHORT[name])\n    return node\n",
                "            return exp.to_identifier(SHORT[name])\n    if not node.is_leaf() and (node.find(exp.Placeholder) or node.find(exp.Parameter)):\n        return node\n    return node\n",
            ),
        ),
    ),
    Plant(
        "garbage in cycles",
        "quotes",
        "shop.prices.quotes",
        (
            (
                "shop/prices.py",
                "            found.append(offer)\n",
                '            offer["fits"] = [offer, [offer]]\n            found.append(offer)\n',
            ),
        ),
        (RENAMED_LOCAL,),
        collected=True,
    ),
    Plant(
        "an import",
        "command",
        "email.message",
        (("shop/cli.py", "import sys\n", "import email.message\nimport sys\n"),),
        unit="sec/op",
        command=True,
    ),
    Plant(
        "work on import",
        "command",
        "shop.rates",
        (
            (
                "shop/rates.py",
                "YEARLY = table(STEPS)\n",
                "YEARLY = table(STEPS)\nDAILY = {day: [value * day for value in YEARLY[:300]] for day in range(1, 601)}\n",
            ),
        ),
        unit="sec/op",
        command=True,
    ),
    Plant(
        "allocations",
        "parse",
        "shop.parsing.fields",
        (
            (
                "shop/parsing.py",
                '    return [part.strip() for part in text.lstrip("#").split(";")]\n',
                '    parts = text.lstrip("#").ljust(3000).split(";")\n    return [part.strip() for part in parts]\n',
            ),
        ),
        unit="B/op",
    ),
)

#: Commits after which nothing is slower: nobody may be blamed.
CONTROLS = (
    Plant("other names for locals", "invoice", "", (RENAMED_LOCAL,)),
    Plant(
        "a docstring and a comment",
        "parse",
        "",
        (
            (
                "shop/parsing.py",
                "def line(text: str) -> Line:\n",
                'def line(text: str) -> Line:\n    """Read one line."""\n    # The pattern says it all.\n',
            ),
        ),
    ),
    Plant(
        "code that does not run",
        "table",
        "",
        (
            (
                "shop/report.py",
                "    return json.dumps([plain(order) for order in orders])\n",
                "    return json.dumps([plain(order) for order in orders], indent=2)\n",
            ),
        ),
    ),
    Plant(
        "lines moved",
        "basket",
        "",
        (
            (
                "shop/model.py",
                '"""What the shop talks about."""\n',
                '"""What the shop talks about.\n\nOrders have lines, and lines name what is sold.\n"""\n',
            ),
        ),
    ),
    Plant(
        "a new function that nobody calls",
        "shelves",
        "",
        (
            (
                "shop/catalogue.py",
                "def shelves(",
                "def count(orders: list[Order]) -> int:\n    return len(active(orders))\n\n\ndef shelves(",
            ),
        ),
    ),
    Plant(
        "the same in other words",
        "loads",
        "",
        (
            (
                "shop/stock.py",
                "    return [round(weight(name), 3) for name in names]\n",
                "    found = []\n    for name in names:\n        found.append(round(weight(name), 3))\n    return found\n",
            ),
        ),
    ),
)
