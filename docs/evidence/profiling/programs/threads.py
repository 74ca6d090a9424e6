"""Busy threads behind a main thread that waits for them: by what each measured itself."""

import hashlib
import json
import sys
import threading
import time

used = {}


def python(until):
    """Add up numbers, holding the interpreter."""
    while time.thread_time() < until:
        total = 0
        for number in range(300):
            total += number * number
    used["python"] = time.thread_time()


def digest(until):
    """Work out digests, mostly without it."""
    data = bytes(300_000)
    while time.thread_time() < until:
        hashlib.sha256(data).digest()
    used["digest"] = time.thread_time()


seconds = float(sys.argv[1])
threads = [
    threading.Thread(target=python, args=(seconds * 0.7,)),
    threading.Thread(target=digest, args=(seconds * 0.3,)),
]
for one in threads:
    one.start()
for one in threads:
    one.join()
whole = sum(used.values())
sys.stdout.write(json.dumps({name: spent / whole for name, spent in used.items()}) + "\n")
