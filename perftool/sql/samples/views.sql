CREATE VIEW open_orders AS
SELECT o.id, o.customer_id, o.placed_at, COUNT(l.product_id) AS lines
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
WHERE o.state = 'open'
GROUP BY o.id, o.customer_id, o.placed_at;

CREATE TABLE order_archive AS SELECT id, customer_id, state FROM orders WHERE placed_at < '2020-01-01';
ALTER TABLE customers ADD COLUMN phone VARCHAR(40);
DROP TABLE old_imports;
