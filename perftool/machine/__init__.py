"""The machine as it is: processor, memory, interpreter, revision, and what else is running."""
