from tables import shop

con = shop()
orders = con.execute("SELECT id, customer % 3 FROM orders").fetchall()
for group in (0, 1, 2):
    con.execute("SELECT count(*) FROM orders WHERE customer % 3 = ?", (group,)).fetchone()
con.close()
