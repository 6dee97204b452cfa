"""Runs a command with a file as its stdin; prints its wall time in seconds and its peak resident
memory in bytes. Usage: python -I -S measure.py FILE COMMAND...

It is a process of its own, with next to no modules: what Linux gives as a child's peak begins with
the memory that it was forked with, so that has to be less than what anything measured needs.
"""

import os
import sys
import time

path, *command = sys.argv[1:]
source = os.open(path, os.O_RDONLY)
sink = os.open(os.devnull, os.O_WRONLY)
start = time.perf_counter()
pid = os.fork()  # not posix_spawn: its child shares all of the parent's memory
if pid == 0:
    try:
        os.dup2(source, 0)
        os.dup2(sink, 1)
        os.execv(command[0], command)  # noqa: S606 (a shell would be measured too)
    finally:
        os._exit(127)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
sys.stdout.write(f"{seconds} {usage.ru_maxrss * unit}\n")
sys.exit(1 if status else 0)
