"""What suites on databases share: backends, statements, generated data, and the operations that are measured."""
