"""A proxy that lets the W&B client speak to its server, and notes the shape of what is said, without the key."""

from __future__ import annotations

import gzip
import json
import re
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from wandb_server_contract import merged, shape
from wandb_server_graphql import parse

if TYPE_CHECKING:
    from types import TracebackType

_HOPS = {"host", "content-length", "connection", "transfer-encoding"}
_SECONDS = 60.0


@dataclass
class Noted:
    """What went by for one GraphQL document.

    Attributes:
        variables: The shapes of the variables it came with.
        statuses: Of the answers.
        answers: The shapes of the answers.
    """

    variables: list[Any] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    answers: list[Any] = field(default_factory=list)


class Proxy:
    """A server on this machine that passes all on to another.

    Args:
        target: Address of the real server, without a slash at the end.

    Attributes:
        noted: What went by, for each operation and its document.
        headers: Names in the heads of the requests.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.noted: dict[tuple[str, str], Noted] = {}
        self.headers: set[str] = set()
        bound = type("PassingForOne", (_Passing,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def note(self, request: dict[str, Any], headers: set[str], status: int, answer: bytes) -> None:
        """Note what one request asked, and what it was answered."""
        document = re.sub(r"\s+", " ", re.sub(r"#[^\n]*", "", request["query"])).strip()
        noted = self.noted.setdefault((parse(document).name, document), Noted())
        noted.variables.append(shape(request.get("variables") or {}))
        self.headers |= headers
        noted.statuses.add(status)
        noted.answers.append(shape(json.loads(answer)))

    def told(self) -> list[dict[str, Any]]:
        """All that was noted, in a stable order."""
        return [
            {
                "operation": name,
                "document": document,
                "variables": merged(noted.variables),
                "statuses": sorted(noted.statuses),
                "answer": merged(noted.answers),
            }
            for (name, document), noted in sorted(self.noted.items())
        ]


class _Passing(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, body = self._pass_on(given)
        if self.path == "/graphql":
            plain = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
            self.proxy.note(json.loads(given), set(self.headers), status, plain)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _HOPS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _pass_on(self, given: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOPS}
        asking = urllib.request.Request(self.proxy.target + self.path, given, headers)  # noqa: S310 - the SDK's own server
        try:
            with urllib.request.urlopen(asking, timeout=_SECONDS) as answer:  # noqa: S310 - the same
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
