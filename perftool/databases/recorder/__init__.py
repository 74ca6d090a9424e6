"""What records the SQL of a program, inside it: standard library only, imported under any name, by path too."""
