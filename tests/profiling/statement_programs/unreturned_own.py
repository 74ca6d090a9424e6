import sqlite3


def answer(number):
    con = sqlite3.connect(":memory:")  # STMT005
    return con.execute("SELECT ?", (number,)).fetchone()


answers = [answer(1), answer(2)]
