INSERT INTO orders (id, customer_id, state, placed_at) VALUES (1001, 4711, 'open', CURRENT_TIMESTAMP);
UPDATE orders SET state = 'paid' WHERE id = 1001 AND state = 'open';
UPDATE products SET price = price * 1.05 WHERE category = 'tea';
DELETE FROM order_lines WHERE order_id = 1001 AND quantity = 0;
