"""Times a command: prints the median in milliseconds, the largest resident set in KiB, and how often it was run.

timing.py COUNT COMMAND [BEFORE]    BEFORE is run each time before the clock starts; both are given to a shell's exec.
"""

import os
import resource
import shlex
import statistics
import subprocess
import sys
import time


def run(words):
    """One run, with nothing to read and its output thrown away; the time from before fork to the end."""
    begin = time.perf_counter()
    child = os.posix_spawn(
        words[0],
        words,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_RDWR, 0) for number in range(3)],
    )
    os.waitpid(child, 0)
    return (time.perf_counter() - begin) * 1000


def main():
    count, command = int(sys.argv[1]), shlex.split(sys.argv[2])
    before = sys.argv[3] if len(sys.argv) > 3 else None
    times = []
    for _ in range(count):
        if before:
            subprocess.run(before, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(run(command))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{statistics.median(times):.2f} {peak} {count}")


main()
