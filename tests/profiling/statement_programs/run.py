"""Run programs one after the other, each under a recorder of its own, and print what each ran."""

import importlib
import json
import sys

importlib.import_module("recorder")
ledger_of = importlib.import_module("recorder.ledger").Ledger
watch_of = importlib.import_module("recorder.watching").Watch
told = {}
# What a program leaves behind lives until its process ends.
left = []
for path in sys.argv[1:]:
    ledger = ledger_of()
    watch = watch_of(ledger)
    watch.start()
    with open(path) as file:
        code = compile(file.read(), path, "exec")
    left.append({"__name__": "__main__"})
    exec(code, left[-1])
    told[path] = ledger.said()
    watch.stop()
json.dump(told, sys.stdout)
