from tables import shop

con = shop(customers=6)
for (city,) in con.execute("SELECT DISTINCT city FROM customer").fetchall():
    for (customer,) in con.execute("SELECT id FROM customer WHERE city = ?", (city,)).fetchall():
        con.execute("SELECT id FROM orders WHERE customer = ?", (customer,)).fetchall()  # STMT001
con.close()
