SELECT id, name, email FROM customers WHERE id = 4711;
SELECT title, price FROM products WHERE id = 12 AND price < 100.00;
SELECT COUNT(*) FROM orders WHERE customer_id = 4711 AND state = 'open';
SELECT 1 FROM order_lines WHERE order_id = 99 AND product_id = 7 LIMIT 1;
