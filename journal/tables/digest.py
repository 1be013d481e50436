"""Digests of runs: one file a run, with what entries cite of it, no larger than is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from journal.document import store
from journal.errors import EntryError, EntryNotFound, EvidenceError
from journal.model.digest import MetricDigest, RunDigest
from journal.model.evidence import SegmentEvidence
from journal.model.run import ENVIRONMENT
from journal.tables.continuity import where_they_were
from journal.tables.curves import Rows, brief, curves_in
from journal.tables.fitting import fitted, placeless, plain, shortened, without_secrets
from journal.tables.record import RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import orjson

    from journal.config import Config
    from journal.sources.open_run import OpenRun

    class Identified(Protocol):
        """What tells one run from another: a run, a head of one, its evidence or its digest."""

        @property
        def id(self) -> str:
            """The tracker's id."""
            ...

        @property
        def entity(self) -> str | None:
            """The tracker's entity."""
            ...

        @property
        def project(self) -> str | None:
            """The tracker's project."""
            ...


_TEXT_BYTES = 200
_NAME_BYTES = 500
_NOTES_BYTES = 800
_NAME_LENGTH = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")

_NO_SEGMENTS = "the parts of the run; `origin` sums them up"
_LONG_NAMES = "metrics whose names are too long"
_NAMED_AS_PATHS = "metrics whose names look like paths"
_TOO_MANY = "the last metrics by name"
_NO_CURVES = "the curves"


def path_of(run: Identified, config: Config) -> Path:
    """The file of a run's digest: its id, and a short sum of entity, project and id.

    The sum keeps runs of one id in two projects apart, and ids that differ only in what file names cannot hold.
    """
    address = "\n".join([run.entity or "", run.project or "", run.id])
    total = sha256(address.encode("utf-8", "replace")).hexdigest()[:8]
    readable = _UNSAFE.sub("-", run.id)[:_NAME_LENGTH].strip(".-")
    return config.evidence / RUNS / f"{readable}-{total}.json"


def digest(run: OpenRun, metrics: Iterable[str], limit: int) -> RunDigest:
    """The digest of a run: the same bytes and metrics give the same digest.

    Args:
        run: The run.
        metrics: The metrics that entries cite; those that the run does not have are passed over.
        limit: Bytes that `dump` may make of it; `config.MIN_DIGEST` at least. Config and summary take no more than a
            quarter each of what is left after the run's own fields; then come the metrics, in order of their names;
            the curves share the rest.

    Raises:
        SourceError: The run cannot be read.
    """
    return _digest(run, metrics, limit, None)


def updated(existing: RunDigest | None, run: OpenRun, metrics: Iterable[str], limit: int) -> RunDigest:
    """The digest of a run as it is now, with the metrics that an earlier digest of the same run held.

    Args:
        existing: The earlier digest; that of another run is passed over.
        run: The run.
        metrics: More metrics.
        limit: As for `digest`.

    Raises:
        SourceError: The run cannot be read.
    """
    if existing is None or not _same(existing, run):
        return digest(run, metrics, limit)
    return _digest(run, {*existing.metrics, *metrics}, limit, existing)


@dataclass(frozen=True)
class DigestWrite:
    """The digest of a run as it should be, beside the file as it is; nothing is written until `write`.

    Attributes:
        path: Its file.
        stored: The file as it was read; None where there is none.
        raw: What should stand there.
    """

    path: Path
    stored: store.Stored | None
    raw: bytes

    @property
    def changed(self) -> bool:
        """Whether the file is not what it should be."""
        return self.stored is None or self.stored.raw != self.raw

    def write(self, config: Config) -> bool:
        """Bring the file up to date; returns whether anything was written.

        Raises:
            ChangedOnDisk: Somebody else wrote it meanwhile.
            NotWritable: The disk refuses.
        """
        if self.stored is not None:
            return store.replace(self.stored, self.raw, inside=config.root)
        return store.save(self.path, self.raw, inside=config.root)


def prepare(run: OpenRun, metrics: Iterable[str], config: Config) -> DigestWrite:
    """The digest of a run as it should be, with these metrics and those that its file holds already.

    Raises:
        EvidenceError: There is a file that cannot be read.
        SourceError: The run cannot be read.
    """
    path = path_of(run.run, config)
    existing, stored = read(path, shown=config.relative(path))
    return DigestWrite(path, stored, dump(updated(existing, run, metrics, config.settings.digest_bytes)))


def save(run: OpenRun, metrics: Iterable[str], config: Config) -> bool:
    """Bring the file of a run's digest up to date; returns whether anything was written.

    Raises:
        EvidenceError: There is a file that cannot be read.
        ChangedOnDisk: Somebody else wrote it meanwhile.
        NotWritable: The disk refuses.
        SourceError: The run cannot be read.
    """
    return prepare(run, metrics, config).write(config)


def read(path: Path, *, shown: str | None = None) -> tuple[RunDigest | None, store.Stored | None]:
    """The digest in a file, and the file as it was read; None for a file that is not there.

    Args:
        path: The file.
        shown: What errors call it.

    Raises:
        EvidenceError: It cannot be read, or is no digest.
    """
    hint = "restore it from git; where the run is at hand you may delete it and fill again"
    try:
        stored = store.read(path)
        return RunDigest.model_validate_json(stored.raw), stored
    except EntryNotFound:
        return None, None
    except EntryError as error:
        raise EvidenceError(error.message, hint=error.hint or hint, path=shown or path) from error
    except ValueError as error:
        raise EvidenceError(
            "is not a digest of a run that this version reads", hint=hint, path=shown or path
        ) from error


def dump(digest: RunDigest) -> bytes:
    """The bytes of a digest: sorted, a value a line; of a curve, all steps stand in one line and all values in one."""
    import orjson

    shown = digest.model_dump(mode="json", exclude_none=True, exclude={"config", "summary", "metrics"})
    shown |= {"config": digest.config, "summary": digest.summary}
    shown["metrics"] = {name: _shown(metric) for name, metric in digest.metrics.items()}
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(shown, option=options)


def _shown(metric: MetricDigest) -> dict[str, Any]:
    """A metric as it is written: each list of numbers in one line, and none where it is empty."""
    shown = metric.model_dump(exclude_none=True, exclude={"curve", "nonfinite_steps"})
    if metric.curve.steps:
        shown["curve"] = {"steps": _in_line(metric.curve.steps), "values": _in_line(metric.curve.values)}
    if metric.nonfinite_steps:
        shown["nonfinite_steps"] = _in_line(metric.nonfinite_steps)
    return shown


def _in_line(numbers: Sequence[float]) -> orjson.Fragment:
    import orjson

    return orjson.Fragment(orjson.dumps(numbers))


def _digest(run: OpenRun, metrics: Iterable[str], limit: int, existing: RunDigest | None) -> RunDigest:
    bare, notes = _bare(run, limit, existing)
    room = (limit - _NOTES_BYTES - len(dump(bare))) // 4
    parts: dict[str, Any] = {}
    for name, tree in (("config", run.config), ("summary", run.summary)):
        parts[name], missing = fitted(without_secrets(plain(tree)), room)
        notes += [f"{missing} values of the {name}, or parts of them"] if missing else []
    framed = bare.model_copy(update=parts)
    room = limit - _NOTES_BYTES - len(dump(framed))
    held, lost = _metrics(run, sorted(set(metrics)), room)
    # What an earlier digest had no room for is not asked for again, and still left out.
    lost |= set(existing.omitted if existing else ()) & {_LONG_NAMES, _NAMED_AS_PATHS, _TOO_MANY}
    return framed.model_copy(update={"metrics": held, "omitted": (*notes, *sorted(lost))})


def _bare(run: OpenRun, limit: int, existing: RunDigest | None) -> tuple[RunDigest, list[str]]:
    """What tells of the run itself, long texts cut, and what is left out of that."""
    about, origin = run.run, run.origin
    parts = tuple(SegmentEvidence(origin=part.origin, kept=part.kept) for part in run.segments)
    if existing is not None and existing.origin.sha256 == origin.sha256:
        # The same bytes in another folder make the same digest.
        origin = origin.model_copy(update={"path": existing.origin.path, "fetched": existing.origin.fetched})
        parts = where_they_were(parts, existing.segments)
    bare = RunDigest(
        **{name: _short(getattr(about, name)) for name in ("id", "entity", "project", "name", "commit", "sdk")},
        state=about.state,
        started=about.started,
        dirty=about.dirty,
        rows=about.rows,
        first_step=run.first_step,
        last_step=about.last_step,
        environment={key: _short(about.environment[key]) for key in ENVIRONMENT if key in about.environment},
        origin=origin.model_copy(update={"path": _short(origin.path)}),
    )
    if len(parts) == 1:
        return bare, []
    whole = bare.model_copy(update={"segments": parts})
    return (whole, []) if len(dump(whole)) - len(dump(bare)) <= limit // 8 else (bare, [_NO_SEGMENTS])


def _short(value: Any) -> Any:
    return shortened(without_secrets(plain(value)), _TEXT_BYTES) if isinstance(value, str) else value


def _same(existing: RunDigest, run: OpenRun) -> bool:
    names = ("id", "entity", "project")
    return all(getattr(existing, name) == _short(getattr(run.run, name)) for name in names)


def _metrics(run: OpenRun, names: Iterable[str], room: int) -> tuple[dict[str, MetricDigest], set[str]]:
    """Each metric in brief, as far as there is room, with curves that share what is left; and what is left out."""
    briefs: dict[str, MetricDigest] = {}
    rows: dict[str, Rows] = {}
    lost: set[str] = set()
    for name in names:
        column = run.column(name)
        if column is None or not column.steps.len():
            continue
        if shortened(plain(name), _NAME_BYTES) != name:
            lost.add(_NAMED_AS_PATHS if placeless(name) != name else _LONG_NAMES)
            continue
        metric, finite = brief(column)
        cost = _cost(name, metric)
        if cost > room:
            lost.add(_TOO_MANY)
            break
        room -= cost
        briefs[name], rows[name] = metric, finite
    curves = curves_in(room, rows)
    if len(curves) < len(briefs):
        return briefs, lost | {_NO_CURVES}
    return {name: metric.model_copy(update={"curve": curves[name]}) for name, metric in briefs.items()}, lost


def _cost(name: str, metric: MetricDigest) -> int:
    """Bytes that a metric takes in the file."""
    import orjson

    raw = orjson.dumps({name: _shown(metric)}, option=orjson.OPT_INDENT_2)
    return len(raw) + 2 * raw.count(b"\n") + 2
