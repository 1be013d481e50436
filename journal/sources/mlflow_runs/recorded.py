"""What MLflow records of one run beside the histories of its metrics; the same for every store."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from journal.model.address import public
from journal.model.revision import is_full
from journal.model.run import RunHead, RunState

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMIT, REMOTE, NAME = "mlflow.source.git.commit", "mlflow.source.git.repoURL", "mlflow.runName"
"""Tags that MLflow sets itself, and that identify a run."""

TAGS = "tags"
"""The key of the config below which the tags stand that users set."""

_OWN = "mlflow."
_STATES = {
    "FINISHED": RunState.FINISHED,
    "FAILED": RunState.FAILED,
    "KILLED": RunState.FAILED,
    "RUNNING": RunState.CRASHED_OR_RUNNING,
    "SCHEDULED": RunState.CRASHED_OR_RUNNING,
}
_ENDED = {"FINISHED", "FAILED", "KILLED"}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_SHORT_COMMIT = re.compile(r"(?=.*e)[0-9e]{7,40}")
_MOST_DIGITS = 400
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST = 1.7976931348623157e308


@dataclass(frozen=True)
class Recorded:
    """A run, as a store tells of it.

    Attributes:
        id: Its id.
        experiment: Name of its experiment.
        name: Its name.
        status: `RUNNING`, `SCHEDULED`, `FINISHED`, `FAILED` or `KILLED`.
        started: When it started, in milliseconds since 1970 (UTC).
        version: The commit, where a store has it beside the tags.
        experiment_id: Id of its experiment, where a server tells it.
        params: Its parameters, which MLflow keeps as texts.
        tags: Its tags, those that MLflow sets itself included.
        latest: The last value of each metric, as MLflow keeps it.
    """

    id: str
    experiment: str | None = None
    name: str | None = None
    status: str | None = None
    started: int | None = None
    version: str | None = None
    experiment_id: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    latest: Mapping[str, float] = field(default_factory=dict)

    def head(self, place: str) -> RunHead:
        """What identifies the run."""
        return RunHead(
            id=self.id,
            project=self.experiment or None,
            name=self.name or self.tags.get(NAME) or None,
            started=_moment(self.started),
            commit=self._commit,
            remote=public(self.tags.get(REMOTE)),
            place=place,
        )

    @property
    def _commit(self) -> str | None:
        named = [str(said).lower() for said in (self.tags.get(COMMIT), self.version) if said]
        return next((sha for sha in named if is_full(sha)), None)

    @property
    def state(self) -> RunState:
        """How it ended; a run that was killed failed."""
        return _STATES.get(str(self.status), RunState.UNKNOWN)

    @property
    def has_ended(self) -> bool:
        """Whether no more is to be expected."""
        return self.status in _ENDED

    @property
    def config(self) -> dict[str, Any]:
        """The parameters, those that read as numbers as numbers, and below `tags` the tags that users set."""
        tags = {key: value for key, value in self.tags.items() if not key.startswith(_OWN)}
        params = {key: as_number(text) for key, text in self.params.items()}
        return {TAGS: tags, **params} if tags else params


def is_id(said: object) -> bool:
    """Whether something can be the id of a run: nothing else is made a part of paths and addresses."""
    return isinstance(said, str) and _ID.fullmatch(said) is not None


def as_number(text: str) -> str | int | float:
    """A parameter as a number where it reads as one of JSON's, or else the text itself.

    A text that may be an abbreviated commit, seven or more digits with an `e` among them, stays a text; so do `nan`,
    `inf`, `True`, and numbers beyond all floats.

    Examples:
        >>> as_number("1e-05"), as_number("32"), as_number("1.0"), as_number("007"), as_number("1234e56")
        (1e-05, 32, 1.0, '007', '1234e56')
    """
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text) or _SHORT_COMMIT.fullmatch(text):
        return text
    number = json.loads(text)
    return number if isinstance(number, int) or math.isfinite(number) else text


def unbounded(value: float) -> float:
    """A value as it was logged: MLflow's databases keep an infinity as the largest float there is.

    That float itself cannot be told from it.
    """
    if math.isnan(value):
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= _LARGEST else value


def _moment(milliseconds: int | None) -> datetime | None:
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)
    except (OverflowError, ValueError, OSError):
        return None
