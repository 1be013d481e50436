"""A time as people write it: a day or a moment, with an offset from UTC or without one."""

from __future__ import annotations

import re
import reprlib
from datetime import UTC, date, datetime, time, timedelta
from functools import total_ordering
from typing import Any, Self

from pydantic_core import CoreSchema, core_schema

EXAMPLE = "2026-02-21T19:01:15+08:00"

# `fromisoformat` takes any character between day and clock, so that an offset behind a day would be its clock.
_DAY_AND_CLOCK = re.compile(r"[\dW-]+[T ]\d.*")
_TO_THE_MINUTE = re.compile(r"[\dW-]+.\d{2}:\d{2}(?:Z|[+-][\d:]+)?")


@total_ordering
class When:
    """A point in time as exactly as it is known, and no more exactly.

    Times are ordered as moments; one without an offset is taken for UTC there, and a day for its beginning. What is
    not known is never printed: a day has no clock, and a time without an offset gets none.

    Args:
        text: ISO 8601: a day, or a day and a clock with `T` or one blank between them, that with an offset from UTC
            where it is known.

    Raises:
        ValueError: The text is neither.

    Examples:
        >>> When("2025-10-23").isoformat(), When("2025-10-23 12:01").isoformat()
        ('2025-10-23', '2025-10-23T12:01')
        >>> When("2026-02-21T19:01:15+08:00").moment
        datetime.datetime(2026, 2, 21, 19, 1, 15, tzinfo=datetime.timezone(datetime.timedelta(seconds=28800)))
    """

    __slots__ = ("_timespec", "has_clock", "local", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        """As it was written."""
        text = text.strip()
        day = _day(text)
        self.has_clock = day is None
        """Whether it tells the time of day."""
        try:
            self.local = _day_and_clock(text) if day is None else datetime.combine(day, time())
        except ValueError as error:
            raise ValueError(f"{reprlib.repr(self.text)} is no moment; write it like {EXAMPLE}") from error
        self._timespec = "minutes" if _TO_THE_MINUTE.fullmatch(text) else "auto"

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """A moment of Python's."""
        return cls(moment.isoformat())

    @property
    def offset(self) -> timedelta | None:
        """Offset from UTC; None where nobody said."""
        return self.local.utcoffset()

    @property
    def moment(self) -> datetime:
        """A moment to order by; without an offset it is taken for UTC."""
        return self.local if self.offset is not None else self.local.replace(tzinfo=UTC)

    @property
    def day(self) -> date:
        """The day, where it was written."""
        return self.local.date()

    def isoformat(self) -> str:
        """ISO 8601, as exact as it is known."""
        if not self.has_clock:
            return self.day.isoformat()
        return self.local.isoformat(timespec=self._timespec)

    def __str__(self) -> str:
        return self.isoformat().replace("T", " ")

    def __repr__(self) -> str:
        return f"When({self.isoformat()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, When) and self.isoformat() == other.isoformat()

    def __lt__(self, other: When) -> bool:
        return (self.moment, self.isoformat()) < (other.moment, other.isoformat())

    def __hash__(self) -> int:
        return hash(self.isoformat())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _when, serialization=core_schema.plain_serializer_function_ser_schema(When.isoformat)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": "string", "examples": [EXAMPLE]}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day_and_clock(text: str) -> datetime:
    if _DAY_AND_CLOCK.fullmatch(text) is None:
        raise ValueError("neither `T` nor one blank stands between day and clock")
    return datetime.fromisoformat(text)


def _when(value: object) -> When:
    if isinstance(value, When):
        return value
    return When.of(value) if isinstance(value, datetime) else When(str(value))
