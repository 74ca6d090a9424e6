"""SQL as the shop's database speaks it."""

from sqlglot import exp

SHORT = {"customer": "cust", "number": "num", "orders": "ord"}


def shorten(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Identifier):
        name = node.name
        if name in SHORT:
            return exp.to_identifier(SHORT[name])
    return node


def house(tree: exp.Expression) -> str:
    return tree.transform(shorten).sql()
