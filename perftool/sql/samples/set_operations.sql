SELECT id, 'customer' AS source FROM customers WHERE country = 'FR'
UNION ALL
SELECT id, 'supplier' FROM suppliers WHERE country = 'FR'
UNION ALL
SELECT id, 'partner' FROM partners WHERE country = 'FR'
ORDER BY 1;

SELECT product_id FROM order_lines INTERSECT DISTINCT SELECT id FROM products WHERE category = 'tea';
SELECT id FROM products EXCEPT DISTINCT SELECT product_id FROM order_lines;
