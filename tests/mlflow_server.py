"""A small MLflow tracking server: MLflow's own database and messages, over plain HTTP.

As a script it makes a database with the real package, serves it, and says on one line of JSON where, and what is in it.
`fault` has it fail in some way; `asked` tells what it was asked, and with which credentials.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
STARTED = 1_700_000_000_123
PAGE = 3
LARGE = 9007199254740993.0


@dataclass(frozen=True)
class Serving:
    """A server that runs.

    Attributes:
        address: Its web address.
        database: The database that it serves.
        runs: Id of each run, by its name.
        folder: The same runs once more, in MLflow's folders of files.
        run_folders: Id of each of these.
    """

    address: str
    database: Path
    runs: dict[str, str]
    folder: Path
    run_folders: dict[str, str]

    def fault(self, kind: str) -> None:
        """Have every answer fail from now on; no more if the kind is empty."""
        _get(f"{self.address}/-/fault?kind={kind}")

    def asked(self) -> list[dict[str, str]]:
        """Path and credentials of every question since this was asked last."""
        found: list[dict[str, str]] = _get(f"{self.address}/-/asked")
        return found


def _get(url: str) -> Any:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own
        return json.load(answer)


@contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    """A server of a new database in a folder."""
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "PYTHONWARNINGS": "ignore"}
    variables = {**os.environ, **quiet, "MLFLOW_ALLOW_FILE_STORE": "true"}
    with subprocess.Popen(
        [sys.executable, "-P", __file__, "mlflow.db"],
        cwd=folder,
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            yield Serving(told["address"], folder / "mlflow.db", told["runs"], folder / "mlruns", told["run_folders"])
        finally:
            process.kill()


# --- in the other process ---------------------------------------------------------------------------------------------


def write(store: str) -> dict[str, str]:
    """Runs of all kinds, written by MLflow's client."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag

    client = MlflowClient(store)
    toy, other = client.create_experiment("toy"), client.create_experiment("lab/other")
    runs = {}

    def run(experiment: str, name: str, after: int, tags: dict[str, str] | None = None) -> str:
        made = client.create_run(experiment, start_time=STARTED + after, run_name=name, tags=tags)
        runs[name] = str(made.info.run_id)
        return runs[name]

    git = {"mlflow.source.git.commit": COMMIT, "mlflow.source.git.repoURL": "https://ada:pw@git.lab.example/a/b.git"}
    tags = {**git, "mlflow.user": "ada", "best": "yes"}
    longer = run(toy, "a long one", 0, tags)
    loss = [(0, 0, 0.1), (1, 5, math.nan), (2, 7, -math.inf), (3, 9, 0.5), (4, 9, 0.30000000000000004), (5, 11, 5e-324)]
    points = [Metric("loss", value, STARTED + wall, step) for wall, step, value in loss]
    points += [Metric("val/acc", LARGE, STARTED + 9, 3), Metric("val/acc", 0.25, STARTED + 9, -2)]
    points += [Metric("tie", value, STARTED, 1) for value in (3.0, 4.0, math.nan)]
    params = {"lr": "1e-05", "layers": "12", "optimiser": "adam", "sha": "1234e56", "none": "None"}
    client.log_batch(longer, points, [Param(*pair) for pair in params.items()], [RunTag("note", "ä\nb")])
    client.set_terminated(longer, end_time=STARTED + 99)
    going = run(toy, "going", 1)
    client.log_metric(going, "loss", 1.5, timestamp=STARTED, step=0)
    client.set_terminated(run(other, "killed", 2), "KILLED")
    deleted = run(toy, "deleted", 3)
    client.log_metric(deleted, "loss", 1.0, step=0)
    client.delete_run(deleted)
    return runs


class _Questions(BaseHTTPRequestHandler):
    """The part of MLflow's REST interface that its client uses to read runs."""

    store: Any = None
    kind = ""
    seen: list[dict[str, str]] = []  # noqa: RUF012 - one server a process

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def _answer(self, asked: dict[str, Any]) -> None:
        from mlflow.exceptions import MlflowException

        path = urlsplit(self.path).path
        if path.startswith("/-/"):
            self._steer(path, asked)
            return
        self.seen.append({"path": path, "credentials": self.headers.get("Authorization", "")})
        if not self._fails():
            try:
                self._send(200, self._found(path.partition("/mlflow/")[2], asked))
            except MlflowException as error:
                self._send(error.get_http_status_code(), error.serialize_as_json())  # type: ignore[no-untyped-call]

    def _steer(self, path: str, asked: dict[str, Any]) -> None:
        if path == "/-/asked":
            self._send(200, json.dumps(self.seen))
            self.seen.clear()
        else:
            type(self).kind = asked.get("kind", "")
            self._send(200, "{}")

    def _fails(self) -> bool:
        if self.kind == "silence":
            time.sleep(5)
        elif self.kind == "drop":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            self.close_connection = True
        elif self.kind.isdigit():
            self._send(int(self.kind), "no")
        return self.kind in ("silence", "drop") or self.kind.isdigit()

    def _found(self, what: str, asked: dict[str, Any]) -> str:
        from mlflow.entities import ViewType
        from mlflow.protos import service_pb2 as messages
        from mlflow.utils.proto_json_utils import message_to_json

        said: Any
        if what == "runs/get":
            said = messages.GetRun.Response(run=self.store.get_run(asked["run_id"]).to_proto())
        elif what == "runs/search":
            page = self.store.search_runs(
                asked["experiment_ids"], asked.get("filter", ""), ViewType.ACTIVE_ONLY, min(asked["max_results"], PAGE),
                asked.get("order_by"), asked.get("page_token"),
            )  # fmt: skip
            said = messages.SearchRuns.Response(runs=[run.to_proto() for run in page], next_page_token=page.token)
        elif what == "experiments/search":
            listed = self.store.search_experiments(ViewType.ACTIVE_ONLY, 1, page_token=asked.get("page_token"))
            experiments = [experiment.to_proto() for experiment in listed]
            said = messages.SearchExperiments.Response(experiments=experiments, next_page_token=listed.token)
        else:
            assert what == "metrics/get-history", what
            size = min(int(asked["max_results"]), PAGE)
            points = self.store.get_metric_history(asked["run_id"], asked["metric_key"], size, asked.get("page_token"))
            metrics = [point.to_proto() for point in points]
            metrics = metrics[:1] if self.kind == "short" else metrics
            token = None if self.kind == "short" else points.token
            said = messages.GetMetricHistory.Response(metrics=metrics, next_page_token=token)
        answer: str = message_to_json(said)
        return answer

    def _send(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Write, serve, and say where."""
    warnings.simplefilter("ignore")
    runs, run_folders = write(f"sqlite:///{sys.argv[1]}"), write("mlruns")
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    _Questions.store = SqlAlchemyStore(f"sqlite:///{sys.argv[1]}", "artifacts")  # type: ignore[no-untyped-call]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Questions)
    told = {"address": f"http://127.0.0.1:{server.server_port}", "runs": runs, "run_folders": run_folders}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
