WITH monthly AS (
  SELECT customer_id, EXTRACT(MONTH FROM placed_at) AS month_no, COUNT(*) AS orders
  FROM orders
  GROUP BY customer_id, EXTRACT(MONTH FROM placed_at)
), busy AS (
  SELECT customer_id FROM monthly GROUP BY customer_id HAVING MAX(orders) >= 5
)
SELECT c.country, COUNT(*) AS busy_customers
FROM busy AS b
JOIN customers AS c ON c.id = b.customer_id
GROUP BY c.country;

WITH RECURSIVE chain (id, parent_id, depth) AS (
  SELECT id, parent_id, 0 FROM categories WHERE parent_id IS NULL
  UNION ALL
  SELECT c.id, c.parent_id, ch.depth + 1 FROM categories AS c JOIN chain AS ch ON c.parent_id = ch.id
)
SELECT depth, COUNT(*) FROM chain GROUP BY depth;
