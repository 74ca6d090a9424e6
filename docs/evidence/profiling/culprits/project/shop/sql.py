"""The questions that the shop asks its database."""

import sqlglot

from shop import dialect

LISTING = "SELECT o.number, o.customer, l.code FROM orders AS o JOIN lines AS l ON l.number = o.number"


def condition(column: str, values: list[str]) -> str:
    if len(values) == 1:
        return f"{column} = '{values[0]}'"
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def statement(wanted: dict[str, list[str]]) -> str:
    return f"{LISTING} WHERE {' AND '.join(condition(column, values) for column, values in wanted.items())}"


def normal(text: str) -> str:
    return sqlglot.parse_one(text).sql()


def questions(wanted: list[dict[str, list[str]]]) -> list[str]:
    return [normal(statement(one)) for one in wanted]


def house_questions(wanted: list[dict[str, list[str]]]) -> list[str]:
    return [dialect.house(sqlglot.parse_one(statement(one))) for one in wanted]
