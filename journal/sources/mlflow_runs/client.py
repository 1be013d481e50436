"""A tracking server, asked through MLflow's own client in another process, for no longer than is allowed."""

from __future__ import annotations

import json
import math
import os
import select
import signal
import site
import subprocess
import sys
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from journal.errors import SourceUnavailable
from journal.sources.mlflow_runs.points import Point, Points
from journal.sources.mlflow_runs.recorded import Recorded, is_id, unbounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

URI = "MLFLOW_TRACKING_URI"
"""The environment variable in which users name their own server."""

PAGE = 100
"""Runs that are asked for at once."""

MAX_LINE = 1 << 30
"""Bytes of the longest answer that is believed."""

_SDK = Path(__file__).with_name("sdk.py")
_SECRETS = ("MLFLOW_", "DATABRICKS_", "AWS_", "AZURE_", "GOOGLE_")
_CHUNK = 1 << 16
_INT64 = 1 << 63
_RIGHTS = {"401", "403", "UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED", "PERMISSION_DENIED"}
_TOO_MANY = {"429", "REQUEST_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
_NO_SERVER = {"404", "ENDPOINT_NOT_FOUND"}


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

    Every question raises SourceUnavailable where the server could not be asked. After a failure that others would
    share, such as silence, it is not asked again.

    Args:
        address: Its web address.
        timeout: Seconds that one answer is waited for; of a history, the answer for one metric.
        deadline: Seconds that all answers together are waited for.
    """

    def __init__(self, address: str, *, timeout: float, deadline: float) -> None:
        self._address = address
        self._host = host_of(address)
        self._timeout, self._left = timeout, deadline
        self._deadline = deadline
        self._child: _Child | None = None
        self._failed: SourceUnavailable | None = None
        self._experiments: dict[str, str] | None = None

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
            *told, last = self._ask("search", experiments=list(experiments), filter=condition, most=PAGE, token=token)
            yield from self._recorded(told)
            token = last.get("token")
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
                    f"{self._host} gave a history of {each['key']!r} that lacks its last value", hint="try again later"
                )
            rows = zip(each["steps"], each["times"], values, strict=True)
            found += [Point(each["key"], step, wall, value) for step, wall, value in rows]
        found.sort(key=lambda point: point.time)
        return Points.of(run.id, found)

    def close(self) -> None:
        """End the other process."""
        if self._child is not None:
            self._child.end()
            self._child = None

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
        """The lines of one answer."""
        if self._failed is not None:
            raise self._failed
        if self._child is None:
            self._child = _Child(self._address, self._timeout)
        found: list[dict[str, Any]] = []
        try:
            self._child.tell({"ask": what, **more})
            while True:
                line = self._line()
                if "end" in line:
                    return found
                if "error" in line:
                    self._refuse(str(line["error"]), str(line.get("cause")))
                found.append(line)
        except (OSError, ValueError, EOFError) as error:
            self.close()
            raise self._failure(f"the client of MLflow broke off while asking {self._host}") from error

    def _line(self) -> dict[str, Any]:
        """The next line of an answer, in time."""
        assert self._child is not None  # noqa: S101 - `_ask` made it
        limit, began = min(self._timeout, self._left), time.monotonic()
        line = self._child.line(limit)
        self._left -= time.monotonic() - began
        if line is None:
            self.close()
            if self._left <= 0:
                message, setting = f"{self._host} took longer than {self._deadline:g} s in all", "deadline"
            else:
                message, setting = f"{self._host} did not answer within {self._timeout:g} s", "timeout"
            raise self._failure(message, hint=f"raise `{setting}` under [online]")
        said = json.loads(line)
        if not isinstance(said, dict):
            raise ValueError("no object")  # noqa: TRY004 - it was told so by another process
        return said

    def _refuse(self, code: str, cause: str) -> None:
        """Say in plain words why there is no answer.

        Raises:
            SourceUnavailable: Always.
        """
        if code == "no MLflow":
            message, hint = "MLflow is not installed", "pip install 'experiment-journal[mlflow]'"
        elif code in _RIGHTS:
            message, hint = f"{self._host} refuses access", "set MLFLOW_TRACKING_TOKEN, or user name and password"
            if not is_own(self._address):
                hint = f"credentials are only sent to your own server: name it in {URI}"
        elif code in _TOO_MANY:
            message, hint = f"{self._host} was asked too often", "try again later"
        elif code in _NO_SERVER:
            message, hint = f"{self._host} is no MLflow tracking server", "look at `mlflow` under [online]"
        elif code == "INTERNAL_ERROR" and cause != "MlflowException":
            message, hint = f"{self._host} cannot be reached: {cause}", "is the server running?"
        else:
            message, hint = f"{self._host} did not answer the question: {code}", "try again later"
        raise self._failure(message, hint=hint)

    def _failure(self, message: str, *, hint: str | None = None) -> SourceUnavailable:
        """An error after which the server is not asked again."""
        self._failed = SourceUnavailable(message, hint=hint)
        return self._failed


class _Child:
    """The other process: lines in, lines out. It is ended with this object at the latest."""

    def __init__(self, address: str, timeout: float) -> None:
        folder = tempfile.TemporaryDirectory(prefix="journal-")
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-P", str(_SDK)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder.name,
            env=environment(address, folder.name, timeout),
            start_new_session=True,
        )
        self._rest = b""
        self.end = weakref.finalize(self, _end, self._process, folder)

    def tell(self, question: dict[str, Any]) -> None:
        """Ask something."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        self._process.stdin.flush()

    def line(self, limit: float) -> bytes | None:
        """The next line, or None if none came within so many seconds.

        Raises:
            EOFError: There are no more.
            ValueError: It is too long.
        """
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        until, pieces, length = time.monotonic() + limit, [self._rest], len(self._rest)
        waiting = select.poll()
        waiting.register(self._process.stdout, select.POLLIN)
        while b"\n" not in pieces[-1]:
            if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
                return None
            piece = os.read(self._process.stdout.fileno(), _CHUNK)
            length += len(piece)
            if not piece:
                raise EOFError
            if length > MAX_LINE:
                raise ValueError("a line without end")
            pieces.append(piece)
        line, _, self._rest = b"".join(pieces).partition(b"\n")
        return line


def _end(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    """End a process with all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    folder.cleanup()
