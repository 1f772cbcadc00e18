"""What the tests' tasks do: `python -m tests.farm.errand FOLDER`, where order.txt says what.

done: writes result.txt. fails N: crashes N times, then is done. refused, storage: exits so. waits: until SIGTERM, then writes down
where it was and exits with 75; is done when it finds that. deaf: until it is killed. slow S: takes S seconds.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from generator.exit_codes import INTERRUPTED, REFUSED, STORAGE


def main(folder: Path) -> int:
    word, _, number = (folder / "order.txt").read_text().partition(" ")
    with open(folder / "tries.txt", "a") as file:
        file.write(f"{os.getpid()}\n")
    tries = len((folder / "tries.txt").read_text().splitlines())
    print("at work", flush=True)
    if word == "fails" and tries <= int(number):
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "refused":
        print("scenewright: the loss is nan", file=sys.stderr)
        return REFUSED
    if word == "storage":
        print("scenewright: no room: make room", file=sys.stderr)
        return STORAGE
    if word == "deaf" or (word == "waits" and not (folder / "checkpoint.txt").exists()):
        return wait(folder, deaf=word == "deaf")
    time.sleep(float(number) if word == "slow" else 0)
    (folder / "result.txt").write_text(word)
    return 0


def wait(folder: Path, *, deaf: bool) -> int:
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
    (folder / "waiting.txt").touch()
    while deaf or not asked:
        time.sleep(0.01)
    (folder / "checkpoint.txt").touch()
    return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
