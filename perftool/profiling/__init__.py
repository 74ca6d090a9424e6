"""Where time and memory go: captures of stacks, who takes them, what reads and writes them, and how they differ."""
