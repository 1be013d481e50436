"""What a W&B server says of one run: all but the rows of its history."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from journal.model.address import public
from journal.model.revision import Code, is_full
from journal.model.run import ENVIRONMENT, Origin, Run, RunHead, RunState
from journal.model.run_page import KIND
from journal.sources.wandb_api.places import RunPlace, bare

if TYPE_CHECKING:
    from collections.abc import Mapping


_STATES = {"finished": RunState.FINISHED, "failed": RunState.FAILED}
_RUNNING = {"running", "crashed", "killed", "preempting", "preempted"}
_ENDED = {"finished", "failed", "killed"}
_SPELT = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_TOUCHED = ("heartbeat_at", "summary")
"""What changes when somebody writes to a run."""
_OWN = ("_step", "_runtime", "_timestamp", "_wandb")


@dataclass(frozen=True)
class Statement:
    """What a server says of a run, at one moment.

    Attributes:
        place: Where the run is.
        fetched: When the server said so.
        told: What it said, in JSON's types; see `Client.runs`.
    """

    place: RunPlace
    fetched: datetime
    told: Mapping[str, Any] = field(repr=False)

    @property
    def state(self) -> RunState:
        """How the run ended. A crash is what W&B calls it when nothing was heard for some minutes."""
        said = self.told.get("state")
        return _STATES.get(str(said)) or (RunState.CRASHED_OR_RUNNING if said in _RUNNING else RunState.UNKNOWN)

    @property
    def has_ended(self) -> bool:
        """Whether no more rows are to be expected."""
        return self.told.get("state") in _ENDED

    @property
    def rows(self) -> int | None:
        """Rows of its history, as the server counts them; None where it does not."""
        return _natural(self.told.get("rows"))

    @property
    def last_step(self) -> int | None:
        """Step of the last row; None before the first."""
        last = _natural((self._keys or {}).get("lastStep"))
        return None if self.rows == 0 and self.doubt is None else last

    @cached_property
    def doubt(self) -> str | None:
        """Why nobody can tell by the number of rows whether all came, in words; None where that can be told."""
        if self.rows is None:
            return "the server does not tell how many rows there are"
        keys = self._keys or {}
        if self.rows == 0 and (any((self.counts or {}).values()) or _natural(keys.get("lastStep"))):
            return "the server tells of no rows, and of values in them"
        return None

    @property
    def cells(self) -> int:
        """How many numbers the history has; where that is not sure, not less than it can have."""
        if self.counts is not None:
            return sum(self.counts.values())
        return (self.rows or 0) * len((self._keys or {}).get("keys") or {})

    @cached_property
    def counts(self) -> Mapping[str, int] | None:
        """The numeric rows of each metric, as the server counts them; None where that is not sure.

        It is not where a key holds texts: NaN may be among them.
        """
        named = (self._keys or {}).get("keys")
        if not isinstance(named, dict):
            return None
        found = {}
        for name, told in named.items():
            if name in _OWN or name.startswith(("_wandb.", "system/")):
                continue
            kinds = _kinds(told)
            if kinds is None or "string" in kinds or (len(kinds) > 1 and "number" in kinds):
                return None
            if "number" in kinds:
                found[name] = kinds["number"]
        return found

    @property
    def summary(self) -> dict[str, Any]:
        """The run's summary, as W&B keeps it.

        W&B spells the numbers that JSON has no word for as texts there, so such a text is a number. In the config it
        does not: NaN is null and an infinity is `Infinity` without quotes, so a text there is the text it was.
        """
        told = self.told.get("summary")
        return _spelt({key: value for key, value in told.items() if key != "_wandb"}) if isinstance(told, dict) else {}

    @cached_property
    def head(self) -> RunHead:
        """What identifies the run."""
        commit = str(self.told.get("commit") or "").lower()
        return RunHead(
            id=self.place.id,
            entity=self.place.entity,
            project=self.place.project,
            name=_text(self.told.get("name")),
            started=moment(self.told.get("created_at")),
            commit=commit if is_full(commit) else None,
            remote=public(_text(_find(self._environment, "git", "remote", "remote_url"))),
            place=self.place.page,
        )

    @property
    def code(self) -> tuple[Code, ...]:
        """What it ran."""
        return (Code(commit=self.head.commit, remote=self.head.remote, started=self.head.started),)

    @cached_property
    def run(self) -> Run:
        """Everything but columns and summary, as far as it is known without the history."""
        internal = self._internal
        return Run(
            **{name: getattr(self.head, name) for name in RunHead.model_fields},
            state=self.state,
            sdk=_text(internal.get("cli_version")),
            config=dict(self.told.get("config") or {}),
            environment=self._surroundings(),
            rows=self.rows or 0,
            last_step=self.last_step,
        )

    @cached_property
    def origin(self) -> Origin:
        """What stands for the history: the sum of what the server says of it."""
        raw = self.essence
        return Origin(
            kind=KIND,
            path=self.place.path,
            bytes=len(raw),
            sha256=self.sum,
            host=bare(self.place.host),
            fetched=self.fetched,
        )

    @cached_property
    def essence(self) -> bytes:
        """What the server says of the history, as JSON: which run, when it was begun, rows, last step, counts.

        The same for the same history, whatever became of name, tags, notes, config and summary.
        """
        keys = (self._keys or {}).get("keys")
        counts = {name: _kinds(told) for name, told in keys.items()} if isinstance(keys, dict) else None
        told = {
            "run": self.place.path,
            "created": self.told.get("created_at"),
            "rows": self.rows,
            "last_step": self.last_step,
            "counts": counts,
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=False).encode()

    @cached_property
    def sum(self) -> str:
        """SHA-256 of `essence`, in hex."""
        return sha256(self.essence).hexdigest()

    def goes_on_from(self, before: Statement) -> bool:
        """Whether the history is the one of an earlier statement, or can be that and more rows at its end."""
        return (
            self.place == before.place
            and self.told.get("created_at") == before.told.get("created_at")
            and (self.rows or 0) >= (before.rows or 0)
            and (self.last_step or 0) >= (before.last_step or 0)
        )

    def agrees(self, before: Statement) -> bool:
        """Whether nothing speaks for other rows than those of an earlier statement that counts as many."""
        return all(_spelling(self.told.get(name)) == _spelling(before.told.get(name)) for name in _TOUCHED)

    def dump(self) -> dict[str, Any]:
        """The statement in JSON's own types; what JSON has no word for stands as text."""
        return {"place": list(self.place), "fetched": self.fetched.isoformat(), "told": json.dumps(dict(self.told))}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> Statement:
        """The statement that `dump` gave."""
        return cls(RunPlace(*dumped["place"]), datetime.fromisoformat(dumped["fetched"]), json.loads(dumped["told"]))

    @property
    def _keys(self) -> dict[str, Any] | None:
        keys = self.told.get("history_keys")
        return keys if isinstance(keys, dict) else None

    @property
    def _internal(self) -> dict[str, Any]:
        internal = self.told.get("internal")
        return internal if isinstance(internal, dict) else {}

    @cached_property
    def _environment(self) -> dict[str, Any]:
        """What the SDK found around the run; that of the first writer, where several wrote."""
        writers = self._internal.get("e")
        return (
            next((each for each in writers.values() if isinstance(each, dict)), {}) if isinstance(writers, dict) else {}
        )

    def _surroundings(self) -> dict[str, str | int]:
        around = {
            **self._environment,
            "python": self._environment.get("python") or self._internal.get("python_version"),
        }
        return {
            name: around[name]
            for name in ENVIRONMENT
            if isinstance(around.get(name), str | int) and not isinstance(around[name], bool)
        }


def moment(text: Any) -> datetime | None:
    """A time as the server spells it; UTC where it names no zone."""
    if not isinstance(text, str):
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def _kinds(told: Any) -> dict[str, int] | None:
    """How many values of each type a key has; None where the server does not say."""
    listed = told.get("typeCounts") if isinstance(told, dict) else None
    if not isinstance(listed, list) or not listed:
        return None
    kinds = {}
    for each in listed:
        count = _natural(each.get("count")) if isinstance(each, dict) else None
        if count is None:
            return None
        kinds[str(each.get("type"))] = count
    return kinds


def _find(tree: Any, first: str, *names: str) -> Any:
    below = tree.get(first) if isinstance(tree, dict) else None
    return next((below[name] for name in names if name in below), None) if isinstance(below, dict) else None


def _spelt(value: Any) -> Any:
    """The same, with the numbers that JSON has no word for where their names stand."""
    if isinstance(value, dict):
        return {key: _spelt(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_spelt(each) for each in value]
    return _SPELT.get(value, value) if isinstance(value, str) else value


def _spelling(value: Any) -> str:
    """A value as JSON: NaN, which is not itself, is spelt the same."""
    return json.dumps(value, sort_keys=True)


def _natural(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value < 0:  # noqa: PLR0124
        return None
    return int(value) if value == int(value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
