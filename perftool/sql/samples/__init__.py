"""Statements that come with perftool: the five classical ones, and a folder of varied SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CLASSICAL: Final = {
    "SimpleSelect": "SELECT id, name FROM users",
    "ComplexQuery": (
        "SELECT u.id, u.name, o.order_date FROM users u JOIN orders o ON u.id = o.user_id "
        "WHERE u.active = TRUE ORDER BY o.order_date DESC LIMIT 10 OFFSET 20"
    ),
    "WindowFunction": "SELECT name, ROW_NUMBER() OVER (PARTITION BY dept ORDER BY salary) FROM employees",
    "CTE": "WITH cte AS (SELECT id FROM users) SELECT * FROM cte",
    "Insert": "INSERT INTO users (name, email) VALUES ('John', 'john@example.com')",
}


def folder() -> Path:
    """Return the folder that holds the sample files."""
    return Path(__file__).parent
