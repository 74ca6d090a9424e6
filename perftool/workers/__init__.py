"""Work on many items in processes with warm parsers: bounded queues, time-outs, replacement, a memory guard."""
