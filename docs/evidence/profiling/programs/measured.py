"""What a piece of work took, said in one line of JSON at the end of a program."""

import json
import sys
import time


def measured(work, rounds):
    """Do the work and say what it took."""
    cpu, wall = time.process_time(), time.perf_counter()
    work(rounds)
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    sys.stdout.write(json.dumps(took) + "\n")
