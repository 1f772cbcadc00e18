"""Exit codes beyond 0, 1 and 2, after sysexits.h: of the command line, and of processes that the farm starts for tasks."""

INTERRUPTED = 75  # EX_TEMPFAIL: run again to go on, or when who is at it has ended
STORAGE = 74  # EX_IOERR: what was to be written could not be, through no fault of the work
REFUSED = 65  # EX_DATAERR: another try would come to the same
