from tables import shop

con = shop(customers=20)
names = dict(con.execute("SELECT id, name FROM customer").fetchall())
for customer in sorted(names, reverse=True):
    if customer % 4:
        con.execute("SELECT id FROM orders WHERE customer = ?", (customer,)).fetchall()  # STMT001
con.close()
