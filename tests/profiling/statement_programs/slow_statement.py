import time

from tables import shop

con = shop()
counting = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < 600000) SELECT max(i) FROM n"
day, end = 0, time.perf_counter() + 0.7
while time.perf_counter() < end:
    con.execute(counting, (day,)).fetchone()  # STMT006
    day += 1
con.close()
