SELECT p.title
FROM products AS p
WHERE p.price > (SELECT AVG(q.price) FROM products AS q WHERE q.category = p.category)
  AND EXISTS (SELECT 1 FROM order_lines AS l WHERE l.product_id = p.id)
  AND p.id NOT IN (SELECT r.product_id FROM recalls AS r WHERE r.product_id IS NOT NULL);

SELECT c.name, (SELECT MAX(o.placed_at) FROM orders AS o WHERE o.customer_id = c.id) AS last_order
FROM customers AS c;
