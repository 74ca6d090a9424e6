"""Call-dense code beside code without calls: so many rounds of each, whatever a profiler adds to either."""

import json
import sys
import time

used = {"calling": 0.0, "straight": 0.0}


def step(number):
    """Do next to nothing."""
    return number + 1


def calling(rounds):
    """Count by calls."""
    for _ in range(rounds):
        number = 0
        while number < 200:
            number = step(number)


def straight(rounds):
    """Count without."""
    for _ in range(rounds):
        number = 0
        while number < 500:
            number = number + 1


for _ in range(round(float(sys.argv[1]) * 50)):
    for function in (calling, straight):
        began = time.thread_time()
        function(500)
        used[function.__name__] += time.thread_time() - began
whole = sum(used.values())
sys.stdout.write(json.dumps({name: spent / whole for name, spent in used.items()}) + "\n")
