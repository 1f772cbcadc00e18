"""What the operating system knows: cores, memory, and how to tie a child's life to its parent's."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import sys
from pathlib import Path

# No room left: on the device, in the quota, under the file-size limit.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
STACK_SIGNAL = signal.SIGUSR1  # on which a child writes the stacks of its threads into its log
_CGROUP = Path("/sys/fs/cgroup")


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or one that it was raised from, says that there is no room to write."""
    while True:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        if error.__cause__ is None:
            return False
        error = error.__cause__


def core_count() -> int:
    """Cores this process may use: affinity, cut by the container's CPU quota."""
    cores = os.process_cpu_count() or 1
    try:
        quota, period = (_CGROUP / "cpu.max").read_text().split()
        return max(1, min(cores, int(quota) // int(period)))
    except (OSError, ValueError):  # no cgroup 2, or no quota ("max")
        return cores


def available_memory_mb() -> float:
    """Memory that can be had without swapping, cut by the container's limit; infinity where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return float("inf")
    try:
        limit = int((_CGROUP / "memory.max").read_text()) - int((_CGROUP / "memory.current").read_text())
        return min(free, limit / 2**20)
    except (OSError, ValueError):
        return free


def rss_mb(pid: int) -> float:
    """Resident memory of a process, 0 when it is gone or the system has no /proc."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, ValueError, IndexError):
        return 0.0


def own_memory_mb() -> float:
    """Resident memory of this process; its peak where the system has no /proc."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return rss_mb(os.getpid()) or peak / (2**20 if sys.platform == "darwin" else 2**10)


def give_back_memory() -> None:
    """Returns freed memory to the system (glibc keeps it in its arenas, a little more with every image)."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in musl
        if trim is not None:
            trim(0)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends, however it ends (Linux; elsewhere the closed pipe does it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        sys.exit("the process that started this worker is gone")
