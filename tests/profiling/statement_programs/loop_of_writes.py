from tables import shop

con = shop()
for order in range(900, 960):
    con.execute("UPDATE orders SET total = ? WHERE id = ?", (order, order))  # STMT003
con.commit()
con.close()
