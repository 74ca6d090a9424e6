"""Tables for the programs beside this file, in a database of their own."""

import sqlite3


def shop(customers=30):
    con = sqlite3.connect(":memory:")
    con.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city INTEGER)")
    con.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, total REAL)")
    con.executemany("INSERT INTO customer VALUES (?, ?, ?)", [(100 + i, f"c{i}", i % 3) for i in range(customers)])
    con.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(900 + i, 100 + i % customers, i) for i in range(90)])
    con.commit()
    return con
