SELECT id, UPPER(TRIM(name)) AS clean_name, COALESCE(NULLIF(email, ''), 'unknown') AS clean_email
FROM customers
WHERE (LOWER(name) LIKE '%berg%' OR name LIKE 'O%' OR SUBSTRING(name, 1, 2) = 'Mc')
  AND NOT (email IS NULL OR CHAR_LENGTH(email) < 6)
ORDER BY name, id;
