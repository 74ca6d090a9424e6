from tables import shop

con = shop()
con.execute("SELECT id FROM customer").fetchall()
for offset in range(0, 90, 3):
    con.execute("SELECT id FROM orders ORDER BY id LIMIT 3 OFFSET ?", (offset,)).fetchall()
last = 0
while page := con.execute("SELECT id FROM orders WHERE id > ? ORDER BY id LIMIT 3", (last,)).fetchall():
    last = page[-1][0]
con.close()
