from __future__ import annotations

import time

import pytest

from journal.errors import UsageError
from journal.model import clock


def test_the_present_has_an_offset_and_whole_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.EPOCH, raising=False)
    now = clock.now()
    assert now.utcoffset() is not None
    assert now.microsecond == 0
    assert abs(now.timestamp() - time.time()) < 5
    assert abs(clock.seconds() - time.time()) < 5


def test_the_variable_stands_in_for_the_present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.EPOCH, "1771671675")
    assert clock.now().isoformat() == "2026-02-21T11:01:15+00:00"
    assert clock.seconds() == 1771671675


@pytest.mark.parametrize("value", ["", "soon", "1e99"])
def test_a_variable_that_is_no_moment_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(clock.EPOCH, value)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH is"):
        clock.now()
