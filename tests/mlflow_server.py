"""A small MLflow tracking server: MLflow's own database and messages, over plain HTTP.

As a script it makes a database with the real package, which takes seconds, and serves it. `fault` has it fail in some
way; `asked` tells what it was asked, and with which credentials.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import shutil
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

DATABASE, FOLDER, TOLD = "mlflow.db", "mlruns", "told.json"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
STARTED = 1_700_000_000_123
PAGE = 3
LARGE = 9007199254740993.0


@dataclass(frozen=True)
class Written:
    """Runs that the real package wrote.

    Attributes:
        database: A database of them.
        runs: Id of each run, by its name.
        folder: The same runs once more, in MLflow's folders of files.
        run_folders: Id of each of these.
    """

    database: Path
    runs: dict[str, str]
    folder: Path
    run_folders: dict[str, str]


@dataclass(frozen=True)
class Serving:
    """A server that runs.

    Attributes:
        address: Its web address.
        database: The database that it serves.
        runs: Id of each run, by its name.
    """

    address: str
    database: Path
    runs: dict[str, str]

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


class Mlflow:
    """MLflow in another process, started when it is needed: it writes, unless that was done, and then serves.

    Args:
        shared: A folder of all who test at once: what one has written there, the others take.
        own: An empty folder for this one alone.
    """

    def __init__(self, shared: Path, own: Path) -> None:
        self._shared, self._own = shared, own
        self._process: subprocess.Popen[bytes] | None = None

    def written(self) -> Written:
        """The runs, for reading alone."""
        self._shared.mkdir(exist_ok=True)
        told = self._shared / TOLD
        with (self._shared / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not told.exists():
                line = self._start()
                shutil.copy(self._own / DATABASE, self._shared)
                shutil.copytree(self._own / FOLDER, self._shared / FOLDER, dirs_exist_ok=True)
                told.write_text(line)
        ids = json.loads(told.read_text())
        return Written(self._shared / DATABASE, ids["runs"], self._shared / FOLDER, ids["run_folders"])

    def serving(self) -> Serving:
        """A server of a database of its own, with these runs in it."""
        written = self.written()
        if self._process is None:
            for name in (DATABASE, TOLD):
                shutil.copy(self._shared / name, self._own)
            self._start()
        return Serving(json.loads(self._line())["address"], self._own / DATABASE, written.runs)

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _start(self) -> str:
        """Start it; gives what it says of the runs."""
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "PYTHONWARNINGS": "ignore"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__],
            cwd=self._own,
            env={**os.environ, **quiet, "MLFLOW_ALLOW_FILE_STORE": "true"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._line()

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode()


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
    """Write, unless that was done, and serve; say on a line of JSON each which runs there are, and where."""
    warnings.simplefilter("ignore")
    store = f"sqlite:///{DATABASE}"
    if Path(TOLD).exists():
        _say(json.loads(Path(TOLD).read_text()))
    else:
        _say({"runs": write(store), "run_folders": write(FOLDER)})
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    _Questions.store = SqlAlchemyStore(store, "artifacts")  # type: ignore[no-untyped-call]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Questions)
    _say({"address": f"http://127.0.0.1:{server.server_port}"})
    server.serve_forever()


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
