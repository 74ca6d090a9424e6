from tables import shop

con = shop()
for table in ("customer", "orders"):
    for column in ("id", "rowid"):
        for order in ("", "DESC"):
            con.execute(f"SELECT {column} FROM {table} ORDER BY {column} {order} LIMIT 1").fetchone()
con.close()
