"""Times a command: prints the median in milliseconds, the largest resident set in KiB, and how often it was run.

timing.py COUNT COMMAND [BEFORE]    BEFORE is run each time before the clock starts; COMMAND is words, BEFORE is for a shell.
"""

import os
import sys
import time


def run(words):
    """One run, with nothing to read and its output thrown away: the time from before fork to the end, and the memory."""
    begin = time.perf_counter()
    child = os.posix_spawn(
        words[0],
        words,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_RDWR, 0) for number in range(3)],
    )
    usage = os.wait4(child, 0)[2]
    return (time.perf_counter() - begin) * 1000, usage.ru_maxrss


def main():
    count, command = int(sys.argv[1]), sys.argv[2].split()
    before = sys.argv[3] if len(sys.argv) > 3 else "true"
    runs = []
    for _ in range(count):
        os.system(f"exec > /dev/null 2>&1; {before}")
        runs.append(run(command))
    print(f"{sorted(time for time, _ in runs)[count // 2]:.2f} {max(peak for _, peak in runs)} {count}")


main()
