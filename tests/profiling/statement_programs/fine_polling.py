import time

from tables import shop

con = shop()
for _ in range(7):
    con.execute("SELECT id FROM orders WHERE total < 0").fetchall()
    time.sleep(0.06)
con.close()
