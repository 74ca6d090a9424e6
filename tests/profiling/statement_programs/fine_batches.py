from tables import shop

con = shop(customers=90)
ids = [one for (one,) in con.execute("SELECT id FROM customer").fetchall()]
for start in range(0, 90, 3):
    some = ids[start : start + 3]
    con.execute(f"SELECT name FROM customer WHERE id IN ({','.join('?' * len(some))})", some).fetchall()
for start in range(0, 90, 3):
    con.executemany("UPDATE customer SET city = 1 WHERE id = ?", [(one,) for one in ids[start : start + 3]])
con.commit()
con.close()
