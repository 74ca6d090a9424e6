"""Any number of statements through one operation: read, worked by processes, written as they are done."""
