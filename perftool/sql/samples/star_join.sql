SELECT d.year_no, s.region, p.brand, SUM(f.amount) AS amount, COUNT(DISTINCT f.ticket_id) AS tickets
FROM sales_facts AS f
INNER JOIN dates AS d ON f.date_id = d.date_id
INNER JOIN stores AS s ON f.store_id = s.store_id
INNER JOIN items AS p ON f.item_id = p.item_id
INNER JOIN promotions AS m ON f.promotion_id = m.promotion_id
WHERE d.year_no BETWEEN 2021 AND 2024
  AND s.region IN ('north', 'south', 'west')
  AND (p.brand LIKE 'A%' OR p.category = 'outdoor')
  AND m.channel <> 'none'
GROUP BY d.year_no, s.region, p.brand
ORDER BY d.year_no, amount DESC;
