import gc

from sqlalchemy import create_engine, text

engine = create_engine("sqlite://")


def answer():
    con = engine.connect()  # STMT005
    return con.execute(text("SELECT 1")).scalar()


answer()
gc.collect()
engine.dispose()
