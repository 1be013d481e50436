"""A W&B server on this machine: real HTTP, the GraphQL that the client of SDK 0.31 speaks, and every way to fail.

with WandbServer([ServerRun("kp12ab", rows=[{"loss": 0.5}, {"loss": 0.25}])]) as server:
    ...  # with the environment of server.environment(tmp_path)
    assert server.operations.count("Runs") == 1
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from wandb_server_answers import Answers
from wandb_server_faults import Faults
from wandb_server_http import Request, handler
from wandb_server_runs import BEGIN, ServerRun

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

__all__ = ["BEGIN", "KEY", "Faults", "Request", "ServerRun", "WandbServer"]

KEY = "toykey" * 6 + "abcd"
"""A key that has the form of one, 40 letters."""


class WandbServer:
    """A server with some runs.

    Args:
        runs: Its runs.
        entity: The default entity of whoever asks.

    Attributes:
        faults: What goes wrong, to be switched while it runs.
        requests: Every request that came, in order.
        keys: The API keys it takes.
    """

    def __init__(self, runs: Iterable[ServerRun] = (), entity: str = "lab") -> None:
        self.faults = Faults()
        self.requests: list[Request] = []
        self.keys = {KEY}
        self._server: _Server | None = _Server(("127.0.0.1", 0), handler(self))
        self._port = self._server.server_port
        self._thread: threading.Thread | None = None
        self.answers = Answers(self.url, entity, self.faults)
        for run in runs:
            self.add(run)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Answer, after a `stop` again at the same port."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), handler(self))
        self.faults.released.clear()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let connections be refused; whoever hangs is let go."""
        self.faults.released.set()
        if self._thread is not None and self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._thread.join()
            self._server, self._thread = None, None

    def add(self, run: ServerRun) -> ServerRun:
        """Have one more run."""
        self.answers.runs[run.entity, run.project, run.id] = run
        return run

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def runs(self) -> list[ServerRun]:
        """Its runs."""
        return list(self.answers.runs.values())

    @property
    def operations(self) -> list[str]:
        """The names of all requests, in order."""
        return [request.operation for request in self.requests]

    def asked(self, operation: str) -> list[dict[str, Any]]:
        """What each request of one kind asked with."""
        return [request.variables for request in self.requests if request.operation == operation]

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What each mutation changed, without what it left as it was."""
        return self.answers.changes

    def environment(self, folder: Path, **more: str) -> dict[str, str]:
        """The variables of a child in which the real SDK asks this server, and writes nowhere but below a folder."""
        folders = ("DIR", "CACHE_DIR", "CONFIG_DIR", "DATA_DIR", "ARTIFACT_DIR")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            kept.pop(name, None)
        ours = {f"WANDB_{name}": str(folder / name.lower()) for name in folders}
        ours |= {"HOME": str(folder), "TMPDIR": str(folder), "NETRC": str(folder / "no-netrc")}
        ours |= {"WANDB_BASE_URL": self.url, "WANDB_API_KEY": KEY, "WANDB_ERROR_REPORTING": "false"}
        return {**kept, **ours, **more}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *arguments: Any) -> None:
        self._open: set[Any] = set()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection that a client keeps open."""
        for connection in list(self._open):
            with suppress(OSError):  # it may have ended already
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """A client that goes away in the middle is nothing to tell of."""
