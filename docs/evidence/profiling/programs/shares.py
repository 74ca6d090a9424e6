"""Three functions of 60, 30 and 10 % of the CPU time, by what they measured themselves."""

import json
import sys
import time

used = {"heavy": 0.0, "middle": 0.0, "light": 0.0}


def heavy(until):
    """Add up numbers."""
    while time.thread_time() < until:
        total = 0
        for number in range(300):
            total += number * number


def middle(until):
    """Join words."""
    while time.thread_time() < until:
        words = [str(number) for number in range(80)]
        " ".join(words)


def light(until):
    """Fill a dictionary."""
    while time.thread_time() < until:
        held = {}
        for number in range(100):
            held[number] = number  # noqa: PERF403 - a loop is meant


end = time.thread_time() + float(sys.argv[1])
while time.thread_time() < end:
    # Turns far shorter than the time between two samples, so that no rhythm of the program meets theirs.
    for function, turn in ((heavy, 0.0018), (middle, 0.0009), (light, 0.0003)):
        began = time.thread_time()
        function(began + turn)
        used[function.__name__] += time.thread_time() - began
whole = sum(used.values())
sys.stdout.write(json.dumps({name: spent / whole for name, spent in used.items()}) + "\n")
