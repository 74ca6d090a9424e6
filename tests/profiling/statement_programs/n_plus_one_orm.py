from sqlalchemy import Column, ForeignKey, Integer, create_engine, select
from sqlalchemy.orm import Session, declarative_base, joinedload, relationship, selectinload

Base = declarative_base()


class Customer(Base):
    __tablename__ = "customer"
    id = Column(Integer, primary_key=True)
    orders = relationship("Order", back_populates="customer")


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey("customer.id"))
    customer = relationship(Customer, back_populates="orders")


engine = create_engine("sqlite://", future=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(Customer(id=70 + i, orders=[Order(), Order(), Order()]) for i in range(8))
    session.commit()
with Session(engine) as session:
    for customer in session.scalars(select(Customer)):
        count = len(customer.orders)  # STMT001
with Session(engine) as session:
    customers = [order.customer for order in session.scalars(select(Order))]  # STMT001
for options in (selectinload, joinedload):
    with Session(engine) as session:
        for customer in session.scalars(select(Customer).options(options(Customer.orders))).unique():
            count = len(customer.orders)
engine.dispose()
