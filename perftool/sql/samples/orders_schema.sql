-- A small shop: customers, products, orders.
CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  name VARCHAR(120) NOT NULL,
  email VARCHAR(200) NOT NULL UNIQUE,
  country CHAR(2) DEFAULT 'DE',
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  title VARCHAR(200) NOT NULL,
  category VARCHAR(60),
  price DECIMAL(10, 2) NOT NULL CHECK (price >= 0)
);

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  state VARCHAR(20) NOT NULL,
  placed_at TIMESTAMP NOT NULL
);

CREATE TABLE order_lines (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL,
  price DECIMAL(10, 2) NOT NULL,
  PRIMARY KEY (order_id, product_id)
);

CREATE INDEX orders_by_customer ON orders (customer_id, placed_at);
