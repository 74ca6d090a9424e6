SELECT
  customer_id,
  placed_at,
  ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed_at) AS nth,
  LAG(placed_at) OVER (PARTITION BY customer_id ORDER BY placed_at) AS previous,
  SUM(amount) OVER (
    PARTITION BY customer_id ORDER BY placed_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS running_amount,
  NTILE(4) OVER (ORDER BY amount DESC) AS quartile
FROM order_totals;

SELECT * FROM (
  SELECT category, title, price, RANK() OVER (PARTITION BY category ORDER BY price DESC) AS place FROM products
) AS ranked
WHERE place <= 3;
