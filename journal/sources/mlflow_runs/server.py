"""Runs on an MLflow tracking server as a source: asked through MLflow's client, and kept once they were fetched."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from journal.errors import ConfigError, SourceUnavailable, UsageError
from journal.model.wording import listed
from journal.sources.mlflow_runs.client import URI, Client, host_of
from journal.sources.mlflow_runs.conditions import as_filter, hold
from journal.sources.mlflow_runs.kept import Kept, KeptRuns
from journal.sources.mlflow_runs.loaded import Whence, opened
from journal.sources.reference import SHORTEST_PREFIX, is_url, looking_like, looks_like_path, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.model.run_query import Condition
    from journal.sources.mlflow_runs.points import Points
    from journal.sources.mlflow_runs.recorded import Recorded
    from journal.sources.open_run import OpenRun

_ID = re.compile(r"[0-9a-f]{32}")
_BEGINNING = re.compile(r"[0-9a-f]{4,31}")
_PAGE_OF_RUN = re.compile(r"/?(?:experiments/[^/]+/)?runs/([A-Za-z0-9_-]+)(?:[/?].*)?", re.DOTALL)
_QUOTES = re.compile(r"['\"`\\]")
_BEFORE_RUN = "/#/"
_MOST_ALIKE = 9
_MOST_SHOWN = 8


class MlflowServer:
    """The runs of one tracking server, which the configuration names, or else the user's `MLFLOW_TRACKING_URI`.

    It is asked only where the configuration or a command says so. A run that has ended is fetched once and then kept,
    until somebody asks for it again; one that is going on is fetched anew, for MLflow does not say what is new in it.

    A run's origin is the text of its values, as in a database of MLflow, see `journal.sources.mlflow_runs.points`.

    Args:
        config: The journal's configuration.
    """

    kind = "mlflow-server"
    remote: Literal[True] = True
    variables = (URI,)

    def __init__(self, config: Config) -> None:
        self._config = config
        self._kept = KeptRuns(config)
        self._client: Client | None = None
        self._told: dict[str, Kept] = {}
        self._expected: dict[str, None] = {}
        self._asked: set[str] = set()

    def places(self) -> tuple[str, ...]:
        """The server by its host; nothing where none is named."""
        named = self._address or self._config.settings.online.mlflow
        return (host_of(self._address) or "an MLflow server",) if named else ()

    # --- what is known here -------------------------------------------------------------------------------------------

    def heads(self) -> Iterator[RunHead]:
        """The runs that were fetched before, from any server, by start and id; nobody is asked."""
        for kept in sorted(self._kept, key=lambda kept: (kept.recorded.started or 0, kept.recorded.id, kept.address)):
            yield self._head(kept)

    def watched(self) -> tuple[Path, ...]:
        """What `heads` rests on: nobody is asked for it."""
        return self._kept.watched()

    def locate(self, reference: str) -> RunHead | None:
        """The run at the address of its page, if it was fetched before; nobody is asked."""
        run = self._id_in(reference)
        kept = self._kept.find(self._server, run) if run else None
        return self._head(kept) if kept else None

    def same(self, head: RunHead) -> OpenRun | None:
        """The run on the server that a run of a folder is, if all of it is kept and stands; nobody is asked.

        A tracking server does not say how many values a run has without giving them all.
        """
        kept = self._kept.find(self._server, head.id) if self._may_ask else None
        if kept is None or not self._stands(kept) or kept.recorded.experiment != head.project:
            return None
        with suppress(SourceUnavailable):
            return self.open(self._head(kept))
        return None

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head, with its whole history.

        Raises:
            SourceUnavailable: The server could not be asked, or does not have it any more.
        """
        address = head.place.partition(_BEFORE_RUN)[0]
        told = self._told.get(head.id) if address == self._server else None
        kept = told or self._kept.find(address, head.id)
        if kept is None and (address != self._server or not self._may_ask):
            hint = self._config.offline or f"name its server in {URI}, or as `mlflow` under [online]"
            raise SourceUnavailable(f"run {head.id} was not fetched yet", hint=hint)
        if kept is None or not self._stands(kept):
            kept = self._now(head.id)
        points = self._history(kept)
        host, run = host_of(kept.address), kept.recorded
        path = f"{host}/experiments/{run.experiment_id}/runs/{run.id}"
        files = self._kept.files(kept) if run.has_ended else None
        return opened(run, points, Whence(self.kind, path, head.place, files, host, kept.fetched))

    # --- what is asked ------------------------------------------------------------------------------------------------

    def expect(self, references: Iterable[str]) -> None:
        """Note which ids will be asked for: with the first of them, all are."""
        words = (reference.strip() for reference in references)
        self._expected |= dict.fromkeys(run for word in words if (run := self._id_in(word)))

    def find(self, reference: str) -> Sequence[RunHead]:
        """The run on the server that has the id that a reference gives: alone, in an address, or in a URL.

        Raises:
            SourceUnavailable: The server could not be asked.
        """
        run = self._id_in(reference.strip())
        if run is None:
            return ()
        if not self._may_ask:
            return [self._head(kept) for kept in self._kept if kept.recorded.id == run]
        self._ask_about(run)
        return [self._head(self._told[run])] if run in self._told else ()

    def alike(self, reference: str) -> Sequence[RunHead]:
        """The runs on the server that a word names otherwise: by name, or beginning of the id.

        Raises:
            SourceUnavailable: The server could not be asked.
        """
        text = reference.strip()
        if not text or is_url(text) or looks_like_path(text) or parse_address(text) is not None:
            return ()
        if not self._may_ask:
            return looking_like(text, self.heads())
        return looking_like(text, [head for condition in _alike(text) for head in self._matching(condition)])

    def search(self, conditions: Sequence[Condition], project: str | None, most: int) -> Iterator[RunHead]:
        """The runs of an experiment, or of all, that meet all conditions, the newest first.

        Raises:
            SourceUnavailable: The server could not be asked.
            UsageError: There is no such experiment, or MLflow does not know what a condition is about.
        """
        asked = as_filter(conditions)
        if self._config.offline is not None:
            raise SourceUnavailable("the server was not asked", hint=self._config.offline)
        found = self._required().search(self._experiments(project), asked)
        for recorded in islice((run for run in found if hold(conditions, run)), most):
            yield self._head(self._tell(recorded))

    # --- the steps ----------------------------------------------------------------------------------------------------

    @property
    def _address(self) -> str:
        """The server's address; empty where none is known."""
        named = self._config.settings.online.mlflow or os.environ.get(URI, "")
        is_web = named.lower().startswith(("http://", "https://")) and _is_sound(named)
        return named.rstrip("/") if is_web else ""

    @property
    def _server(self) -> str:
        """The same without user and password, as it is shown and kept."""
        parts = urlsplit(self._address)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def _may_ask(self) -> bool:
        is_named = self._address or self._config.settings.online.mlflow
        return bool(is_named) and self._config.offline is None

    def _required(self) -> Client:
        """What asks the server.

        Raises:
            ConfigError: No server is known.
        """
        if not self._address:
            named = self._config.settings.online.mlflow
            message = "no MLflow server is known" if named is None else f"{named!r} is no web address of a server"
            raise ConfigError(message, hint='set `mlflow = "https://…"` under [online], or MLFLOW_TRACKING_URI')
        if self._client is None:
            online = self._config.settings.online
            self._client = Client(self._address, timeout=online.timeout, deadline=online.deadline)
        return self._client

    def _ask_about(self, run: str) -> None:
        """Ask about a run, and about all others that are expected, unless that was done or is not needed."""
        wanted = [each for each in {**self._expected, run: None} if each not in self._asked]
        if run not in wanted:
            return
        for each in wanted:
            kept = self._kept.find(self._server, each)
            if kept is not None and self._stands(kept):
                self._told[each] = kept
        for recorded in self._required().runs([each for each in wanted if each not in self._told]):
            self._tell(recorded)
        self._asked |= set(wanted)

    def _matching(self, condition: str) -> list[RunHead]:
        """The first runs of all experiments for which a filter holds."""
        client = self._required()
        found = client.search(list(client.experiments), condition) if client.experiments else iter(())
        return [self._head(self._tell(recorded)) for recorded in islice(found, _MOST_ALIKE)]

    def _now(self, run: str) -> Kept:
        """What the server says of a run at this moment."""
        found = self._required().runs([run])
        if not found:
            raise SourceUnavailable(f"{self._required().name} has no run {run} any more", hint="list the runs again")
        return self._tell(found[0])

    def _tell(self, recorded: Recorded) -> Kept:
        """Remember what the server said, dated when it said so first where that still stands."""
        kept = self._kept.find(self._server, recorded.id)
        if kept is None or kept.recorded != recorded or self._config.reach.refresh or not recorded.has_ended:
            kept = Kept(self._server, recorded, datetime.now(UTC).replace(microsecond=0))
        self._told[recorded.id] = kept
        return kept

    def _history(self, kept: Kept) -> Points:
        """Every value of a run: what is kept, if it is of this very statement, or what the server gives now."""
        found = self._kept.find(kept.address, kept.recorded.id)
        points = self._kept.points(kept) if found == kept else None
        if points is None:
            if kept.address != self._server or not self._may_ask:
                message = f"what was kept of run {kept.recorded.id} cannot be read"
                raise SourceUnavailable(message, hint="fetch it again with --online")
            points = self._required().history(kept.recorded)
            self._kept.keep(kept, points)
        return points

    def _stands(self, kept: Kept) -> bool:
        """Whether what was said of a run need not, or cannot, be asked again."""
        if kept.address != self._server or not self._may_ask or kept == self._told.get(kept.recorded.id):
            return True
        return kept.recorded.has_ended and not self._config.reach.refresh

    def _experiments(self, project: str | None) -> list[str]:
        """The ids of the experiments that are meant."""
        known = self._required().experiments
        wanted = project or self._config.settings.project
        if wanted is None:
            return list(known)
        for name in (wanted, wanted.rpartition("/")[2]):
            found = [number for number, called in known.items() if called == name]
            if found:
                return found
        shown = listed(sorted(known.values()), _MOST_SHOWN) or "none"
        raise UsageError(f"{self._required().name} has no experiment {wanted!r}", hint=f"it has {shown}")

    def _head(self, kept: Kept) -> RunHead:
        recorded = kept.recorded
        return recorded.head(f"{kept.address}{_BEFORE_RUN}experiments/{recorded.experiment_id}/runs/{recorded.id}")

    def _id_in(self, reference: str) -> str | None:
        """The id that a reference gives: alone, in an address, or in the URL of a run's page on this server."""
        if not is_url(reference):
            address = parse_address(reference)
            word = address.id if address is not None else reference
            return word if _ID.fullmatch(word) else None
        with suppress(ValueError):
            parts = urlsplit(reference)
            found = _PAGE_OF_RUN.fullmatch(parts.fragment)
            if found and self._address and host_of(reference) == host_of(self._address):
                return found[1]
        return None


def _alike(text: str) -> Iterator[str]:
    """Filters for the runs that a word may mean."""
    if not _QUOTES.search(text):
        yield f"attributes.run_name = '{text}'"
    if len(text) >= SHORTEST_PREFIX and _BEGINNING.fullmatch(text):
        yield f"attributes.run_id LIKE '{text}%'"


def _is_sound(address: str) -> bool:
    with suppress(ValueError):
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    return False
