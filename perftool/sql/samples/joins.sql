SELECT c.name, o.id, SUM(l.quantity * l.price) AS total
FROM customers AS c
JOIN orders AS o ON o.customer_id = c.id
JOIN order_lines AS l ON l.order_id = o.id
WHERE o.state IN ('paid', 'sent') AND o.placed_at >= '2024-01-01'
GROUP BY c.name, o.id
HAVING SUM(l.quantity * l.price) > 50
ORDER BY total DESC
LIMIT 20;

SELECT c.id, c.name
FROM customers AS c
LEFT JOIN orders AS o ON o.customer_id = c.id AND o.state <> 'cancelled'
WHERE o.id IS NULL;
