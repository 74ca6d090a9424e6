from tables import shop


def total(con, customer):
    return con.execute(f"SELECT sum(total) FROM orders WHERE customer = {customer}").fetchone()  # STMT001


con = shop()
totals = {customer: total(con, customer) for (customer,) in con.execute("SELECT id FROM customer").fetchall()}
con.close()
