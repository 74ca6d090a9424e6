from tables import shop

con = shop(customers=60)
for customer in range(100, 160):
    con.execute("SELECT name FROM customer WHERE id = ?", (customer,)).fetchone()  # STMT003
con.close()
