"""One presenter a report kind: payload to document."""
