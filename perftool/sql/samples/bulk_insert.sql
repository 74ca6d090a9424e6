INSERT INTO products (id, title, category, price) VALUES
  (1, 'Green tea, 100 g', 'tea', 4.90),
  (2, 'Black tea, 100 g', 'tea', 4.50),
  (3, 'Earl Grey, 100 g', 'tea', 5.20),
  (4, 'Oolong, 50 g', 'tea', 7.80),
  (5, 'Espresso, 250 g', 'coffee', 6.40),
  (6, 'Filter roast, 500 g', 'coffee', 9.90),
  (7, 'Decaf, 250 g', 'coffee', 6.90),
  (8, 'Baking cocoa', 'cocoa', 3.75),
  (9, 'Drinking chocolate', 'cocoa', 4.25),
  (10, 'Honey, 500 g', NULL, 8.00);
