from tables import shop

con = shop(customers=4)
for (customer,) in con.execute("SELECT id FROM customer").fetchall():
    con.execute("SELECT id FROM orders WHERE customer = ?", (customer,)).fetchall()
con.close()
