from tables import shop

con = shop()


def city(con):
    return con.execute("SELECT city FROM customer WHERE id = ?", (101,)).fetchone()  # STMT002


con.execute("BEGIN")
for _ in range(10):
    city(con)
con.rollback()
con.close()
