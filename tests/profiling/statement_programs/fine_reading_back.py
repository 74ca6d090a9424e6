from tables import shop

con = shop()
for total in range(12):
    con.execute("UPDATE orders SET total = ? WHERE id = 900", (total,))
    con.execute("SELECT total FROM orders WHERE id = 900").fetchone()
con.commit()
con.close()
