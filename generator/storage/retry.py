"""Patience with a storage that is far away: what a minute without network breaks is tried again, what is wrong for good is not."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable

from generator.errors import DatasetError

PATIENCE_S = 150.0  # longer than a switch, a DNS server or a storage gateway takes to restart
FIRST_PATIENCE_S = 15.0  # before anything has worked: more likely a wrong address
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 8.0
_ANSWERS = (FileNotFoundError, FileExistsError)
_FOR_GOOD = (PermissionError, IsADirectoryError, NotADirectoryError, ImportError, TypeError, ValueError, AttributeError, DatasetError)
_FOR_GOOD_ERRNO = {errno.EINVAL, errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENAMETOOLONG, errno.ENOSPC, errno.EDQUOT}
# botocore's and google-auth's errors about credentials, which are no OSErrors; by name, since neither package need be there
_NO_CREDENTIALS = {
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "ProfileNotFound",
    "SSOTokenLoadError",
    "TokenRetrievalError",
    "DefaultCredentialsError",
    "RefreshError",
}


def patiently[T](call: Callable[[], T], place: str, patience_s: float) -> T:
    """What `call` returns, tried again for up to `patience_s` while its errors look like those of a network.

    FileNotFoundError and FileExistsError are answers and pass; every other failure becomes a DatasetError that says what to do.
    """
    end, wait_s = time.monotonic() + patience_s, _FIRST_WAIT_S * (1.0 + os.getpid() % 100 / 100)  # a thousand workers spread out
    while True:
        try:
            return call()
        except _ANSWERS:
            raise
        except Exception as error:
            if _is_for_good(error):
                raise _refused(place, error) from error
            if time.monotonic() + wait_s > end:
                raise DatasetError(
                    f"the storage of {place} does not answer ({_text(error)}; tried for {patience_s:.0f} s). What is finished is safe: "
                    "run the same command again when it does, and check the address if it never did"
                ) from error
        time.sleep(wait_s)
        wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


def _is_for_good(error: Exception) -> bool:
    return isinstance(error, _FOR_GOOD) or type(error).__name__ in _NO_CREDENTIALS or getattr(error, "errno", None) in _FOR_GOOD_ERRNO


def _refused(place: str, error: Exception) -> DatasetError:
    if isinstance(error, DatasetError):
        return error
    if isinstance(error, PermissionError) or type(error).__name__ in _NO_CREDENTIALS:
        return DatasetError(
            f"{place} may not be read or written with the credentials found here ({_text(error)}): set those of your storage "
            "(AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, GOOGLE_APPLICATION_CREDENTIALS, ...) or choose another place"
        )
    return DatasetError(f"the storage of {place} refuses: {_text(error)}")


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip(": ")
