-- Postings in a transaction; the comment; holds semicolons; and 'quotes'.
BEGIN;
INSERT INTO postings (account_id, amount, note) VALUES (10, -25.00, 'rent; May'), (20, 25.00, 'rent; May');
UPDATE accounts SET balance = balance - 25.00, changed_at = CURRENT_TIMESTAMP WHERE id = 10;
UPDATE accounts SET balance = balance + 25.00, changed_at = CURRENT_TIMESTAMP WHERE id = 20;
COMMIT;
/* Every posting has its counterpart. */
SELECT note, SUM(amount) AS remainder FROM postings GROUP BY note HAVING SUM(amount) <> 0;
