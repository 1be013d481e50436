"""The present moment, for all that is dated or judged by a date."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from journal.errors import UsageError

EPOCH = "SOURCE_DATE_EPOCH"
"""The environment variable that stands in for the present moment: seconds since 1970."""


def now() -> datetime:
    """The present moment with the local offset, in whole seconds; `SOURCE_DATE_EPOCH` stands in for it.

    Raises:
        UsageError: That variable is no number of seconds.
    """
    epoch = os.environ.get(EPOCH)
    if epoch is None:
        return datetime.fromtimestamp(int(time.time()), UTC).astimezone()
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        hint = "give seconds since 1970, or unset it"
        raise UsageError(f"{EPOCH} is {epoch!r}, not a number of seconds", hint=hint) from error


def seconds() -> float:
    """The present moment in seconds since 1970; what `SOURCE_DATE_EPOCH` says counts only if it is a number."""
    try:
        return float(os.environ[EPOCH])
    except (KeyError, ValueError):
        return time.time()
