"""Reports turned into text: presenters per kind, formats per output, a document between them."""
