"""Find performance and safety faults in SQL: rules, the engine that runs them, fixes."""
