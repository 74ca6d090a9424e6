import time

from tables import shop

con = shop()
for order in range(900, 912):
    con.execute("UPDATE orders SET total = 1 WHERE id = ?", (order,))
    con.commit()
    time.sleep(0.1)
con.execute("SELECT id FROM orders").fetchall()
con.close()
