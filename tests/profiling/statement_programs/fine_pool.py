from sqlalchemy import create_engine, text

engine = create_engine("sqlite://")
with engine.connect() as con:
    for number in range(3):
        con.execute(text("SELECT :n"), {"n": number}).scalar()
held = engine.connect()
engine.dispose()
