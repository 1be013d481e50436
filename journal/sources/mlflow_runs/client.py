"""A tracking server, asked through MLflow's own client: which questions there are, and with whose credentials."""

from __future__ import annotations

import math
import os
import site
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from journal.errors import SourceUnavailable
from journal.sources.mlflow_runs.failures import wording
from journal.sources.mlflow_runs.points import Point, Points
from journal.sources.mlflow_runs.recorded import Recorded, is_id, unbounded
from journal.sources.sdk_child.conversation import Conversation
from journal.sources.sdk_child.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

URI = "MLFLOW_TRACKING_URI"
"""The environment variable in which users name their own server."""

PAGE = 100
"""Runs that are asked for at once."""

_MODULE = "journal.sources.mlflow_runs.sdk"
_SECRETS = ("MLFLOW_", "DATABRICKS_", "AWS_", "AZURE_", "GOOGLE_")


def host_of(address: str) -> str:
    """A server by host and port, without scheme, user or password.

    Examples:
        >>> host_of("https://ada:secret@mlflow.lab.example:5000/tracking")
        'mlflow.lab.example:5000'
    """
    return urlsplit(address).netloc.rpartition("@")[2].lower()


def is_own(address: str) -> bool:
    """Whether an address is of the server that the user's own environment names."""
    own, given = urlsplit(os.environ.get(URI, "")), urlsplit(address)
    return (own.scheme, host_of(own.geturl())) == (given.scheme, host_of(address)) and bool(own.netloc)


def environment(address: str, home: str, timeout: float) -> dict[str, str]:
    """The environment that MLflow's client runs in.

    What the user has set for a server of their own, a token for one, is only there for that server. For any other no
    variable is left that could hold a secret, nor the home folder in which some may lie.
    """
    variables = dict(os.environ)
    if not is_own(address):
        variables = {name: value for name, value in variables.items() if not name.startswith(_SECRETS)}
        variables |= {"HOME": home, "NETRC": os.devnull, "PYTHONUSERBASE": site.getuserbase()}
    retrying = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1"}
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    patience = {"MLFLOW_HTTP_REQUEST_TIMEOUT": str(max(1, math.ceil(timeout)))}
    return retrying | variables | quiet | patience | {URI: address}


class Client:
    """A tracking server, to be asked.

    Every question raises SourceUnavailable where the server could not be asked.

    Args:
        address: Its web address.
        timeout: Seconds that one answer is waited for; of a history, the answer for one metric.
        deadline: Seconds that all answers together are waited for.

    Attributes:
        name: The server as messages name it.
    """

    def __init__(self, address: str, *, timeout: float, deadline: float) -> None:
        self.name = f"the MLflow server {host_of(address)}"
        self._experiments: dict[str, str] | None = None

        def start(host: str | None) -> Session:
            return Session(_MODULE, lambda folder: environment(address, str(folder), timeout), {"host": host})

        told = wording(own=is_own(address))
        self._conversation = Conversation(start, told, host=self.name, timeout=timeout, deadline=deadline)

    @property
    def experiments(self) -> Mapping[str, str]:
        """The name of every experiment that was not deleted, by its id."""
        if self._experiments is None:
            self._experiments = {str(each["id"]): str(each["name"]) for each in self._ask("experiments")}
        return self._experiments

    def runs(self, ids: Iterable[str]) -> list[Recorded]:
        """What is recorded of those of these runs that are there."""
        return self._recorded(self._ask("runs", ids=list(ids)))

    def search(self, experiments: Sequence[str], condition: str) -> Iterator[Recorded]:
        """The runs of some experiments, by their ids, for which a filter of MLflow's holds, the newest first."""
        token: str | None = None
        while True:
            (page,) = self._ask("search", experiments=list(experiments), filter=condition, most=PAGE, token=token)
            yield from self._recorded(page["runs"])
            token = page["token"]
            if not token:
                return

    def history(self, run: Recorded) -> Points:
        """Every value of a run.

        Raises:
            SourceUnavailable: The server could not be asked, or gave less than there is.
        """
        found: list[Point] = []
        told = self._ask("history", run=run.id, keys=sorted(run.latest))
        for each in told:
            values = [unbounded(value) for value in each["values"]]
            last = run.latest[each["key"]]
            if not any(value == last or (value != value and last != last) for value in values):  # noqa: PLR0124 - NaN
                raise SourceUnavailable(
                    f"{self.name} gave a history of {each['key']!r} that lacks its last value", hint="try again later"
                )
            rows = zip(each["steps"], each["times"], values, strict=True)
            found += [Point(each["key"], step, wall, value) for step, wall, value in rows]
        found.sort(key=lambda point: point.time)
        return Points.of(run.id, found)

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _recorded(self, told: Iterable[Mapping[str, Any]]) -> list[Recorded]:
        """Runs as they were told of, without those of experiments that were deleted."""
        found = []
        for each in told:
            experiment = self.experiments.get(str(each["experiment_id"]))
            if experiment is not None and is_id(each["id"]):
                latest = {key: unbounded(value) for key, value in each["latest"].items()}
                texts = {name: dict(sorted(each[name].items())) for name in ("params", "tags")}
                found.append(Recorded(**{**each, **texts, "experiment": experiment, "latest": latest}))
        return found

    def _ask(self, what: str, **more: Any) -> list[dict[str, Any]]:
        """The values that answer a question, all of them."""
        return list(self._conversation.answers({"ask": what, **more}))
