"""Two sides of the code, made ready to be measured: worktrees, benchmark files, environments, and their removal."""
