SELECT
  category,
  SUM(CASE WHEN month_no = 1 THEN amount ELSE 0 END) AS january,
  SUM(CASE WHEN month_no = 2 THEN amount ELSE 0 END) AS february,
  SUM(CASE WHEN month_no = 3 THEN amount ELSE 0 END) AS march,
  SUM(CASE WHEN month_no = 4 THEN amount ELSE 0 END) AS april,
  SUM(CASE WHEN month_no IN (5, 6, 7, 8, 9, 10, 11, 12) THEN amount ELSE 0 END) AS rest,
  CASE WHEN SUM(amount) > 1000 THEN 'large' WHEN SUM(amount) > 100 THEN 'medium' ELSE 'small' END AS size
FROM sales
GROUP BY category;
