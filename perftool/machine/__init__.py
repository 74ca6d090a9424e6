"""The machine as it is: processor, memory, interpreter, revision, and what else is running.

Linux tells all of it. macOS has no governor, boost, control groups or stolen time to read, and living children count as
other processes until they were waited for. Windows has no load average either. What is unknown is None.
"""
