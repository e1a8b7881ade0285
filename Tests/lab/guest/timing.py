"""Times a command: prints the median in milliseconds.

timing.py COUNT COMMAND [BEFORE]    BEFORE is run each time before the clock starts; COMMAND is words, BEFORE is for a shell.
"""

import os
import sys
import time


def run(words):
    """One run, with nothing to read and its output thrown away: the milliseconds from before the fork to the end."""
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
    count, command = int(sys.argv[1]), sys.argv[2].split()
    before = sys.argv[3] if len(sys.argv) > 3 else "true"
    runs = []
    for _ in range(count):
        os.system(f"exec > /dev/null 2>&1; {before}")
        runs.append(run(command))
    print(f"{sorted(runs)[count // 2]:.2f}")


main()
