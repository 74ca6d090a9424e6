from sqlalchemy import create_engine, text

engine = create_engine("sqlite://")
with engine.begin() as con:
    con.execute(text("CREATE TABLE item (id INTEGER PRIMARY KEY)"))
    con.execute(text("INSERT INTO item VALUES (:id)"), [{"id": 40 + i} for i in range(12)])
with engine.connect() as con:
    ids = con.execute(text("SELECT id FROM item")).scalars().all()
for one in ids:
    with engine.connect() as con:
        con.execute(text("SELECT * FROM item WHERE id = :id"), {"id": one}).one()  # STMT001
engine.dispose()
