import time

from tables import shop

con = shop()
con.execute("UPDATE orders SET total = 0 WHERE id = ?", (900,))  # STMT004
time.sleep(1.05)
con.commit()
con.close()
