"""Long calls of C code, which look for no signals, beside short Python code: by what they measured themselves."""

import json
import random
import sys
import time

numbers = [random.random() for _ in range(120_000)]
used = {"sort": 0.0, "python": 0.0}


def sort():
    """Stay in C code for long."""
    sorted(numbers)


def python(until):
    """Stay in Python until a time."""
    total = 0
    while time.thread_time() < until:
        for number in range(300):
            total += number * number


end = time.thread_time() + float(sys.argv[1])
while time.thread_time() < end:
    began = time.thread_time()
    sort()
    between = time.thread_time()
    python(between + 0.045)
    used["sort"] += between - began
    used["python"] += time.thread_time() - between
whole = sum(used.values())
sys.stdout.write(json.dumps({name: spent / whole for name, spent in used.items()}) + "\n")
