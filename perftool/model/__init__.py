"""The report and everything in it: frozen structs, no behaviour beyond looking at themselves."""
