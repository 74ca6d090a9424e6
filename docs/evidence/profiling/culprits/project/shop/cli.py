"""``python -m shop.cli``: price the orders of a file."""

import sys

from shop import parsing, prices


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        print(prices.invoice(parsing.orders(file.read())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
