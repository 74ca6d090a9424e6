from tables import shop

con = shop()
for customer, _ in con.execute("SELECT id, name FROM customer"):
    con.execute("SELECT total FROM orders WHERE customer = ?", (customer,)).fetchall()  # STMT001
con.close()
