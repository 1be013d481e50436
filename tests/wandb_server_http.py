"""The test server's way of speaking HTTP: who may ask, ranges of files, and what befalls an answer on its way."""

from __future__ import annotations

import base64
import gzip
import json
import re
import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from wandb_server_faults import LONGEST
from wandb_server_graphql import Refusal, parse

if TYPE_CHECKING:
    from wandb_server_answers import Answers
    from wandb_server_faults import Fault, Faults


class Request(NamedTuple):
    """One request that came.

    Attributes:
        operation: GraphQL's name of it; `parquet`, `file` or `report` for other paths.
        variables: What it asked with.
        headers: The head it came with, without the key.
    """

    operation: str
    variables: dict[str, Any]
    headers: dict[str, str]


class Serving(Protocol):
    """What the handler needs of the server."""

    answers: Answers
    faults: Faults
    requests: list[Request]
    keys: set[str]


class Content(NamedTuple):
    """An answer before it is sent."""

    body: bytes
    status: int = 200
    kind: str = "application/json"


def handler(serving: Serving) -> type[BaseHTTPRequestHandler]:
    """The class that answers for a server."""
    return type("AnsweringForOne", (Answering,), {"serving": serving})


class Answering(BaseHTTPRequestHandler):
    """Answers for a server; `handler` says for which."""

    serving: Serving
    protocol_version = "HTTP/1.1"
    timeout = LONGEST
    disable_nagle_algorithm = True  # head and body are two writes; the second would wait for 40 ms

    def do_POST(self) -> None:
        given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            given = gzip.decompress(given)
        if urlsplit(self.path).path != "/graphql":
            self._note("report", {"path": self.path})
            return self._send(Content(b"{}"))
        request = json.loads(given)
        asked = request.get("variables") or {}
        operation = parse(request["query"])
        self._note(operation.name, asked)
        self.serving.faults.before(operation.name)
        fault = self.serving.faults.take(operation.name)
        if self._waits_in_vain(fault):
            return None
        return self._send(_graphql(self.serving, operation, asked, fault, self._key()), fault)

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        name = "parquet" if path in self.serving.answers.exports else "file"
        self._note(name, {"path": path, "range": self.headers.get("Range")})
        self.serving.faults.before(name)
        body = self.serving.answers.exports.get(path) or _file(self.serving, path)
        content = Content(b"{}", 404) if body is None else Content(body, kind="application/octet-stream")
        fault = self.serving.faults.take(name)
        if not self._waits_in_vain(fault):
            told = content if fault.body is None else Content(fault.body.encode(), fault.status or 200)
            self._send(told, fault)

    do_HEAD = do_GET  # noqa: N815

    def _key(self) -> str | None:
        scheme, _, credentials = (self.headers.get("Authorization") or "").partition(" ")
        return base64.b64decode(credentials).decode().partition(":")[2] if scheme == "Basic" else None

    def _note(self, operation: str, variables: dict[str, Any]) -> None:
        headers = {name: value for name, value in self.headers.items() if name != "Authorization"}
        self.serving.requests.append(Request(operation, variables, headers))

    def _waits_in_vain(self, fault: Fault) -> bool:
        """Wait as a fault has it; whether there is never an answer."""
        if fault.hang or fault.wait:
            self.serving.faults.released.wait(LONGEST if fault.hang else fault.wait)
        self.close_connection = self.close_connection or fault.hang
        return fault.hang

    def _send(self, content: Content, fault: Fault | None = None) -> None:
        body, status, extra = content.body, content.status, dict(fault.headers) if fault else {}
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range") or "")
        if asked is not None and status == 200:
            first, last = _range(asked[1], asked[2], len(body))
            extra["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
            body, status = body[first : last + 1], 206
        self.send_response(status)
        extra |= {"Content-Type": content.kind, "Content-Length": str(len(body)), "Accept-Ranges": "bytes"}
        for name, value in extra.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault is not None and fault.keep is not None:
            self._break_off(body[: fault.keep])
        else:
            self.wfile.write(body)

    def _break_off(self, part: bytes) -> None:
        self.wfile.write(part)
        self.wfile.flush()
        time.sleep(0.01)
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _graphql(serving: Serving, operation: Any, asked: dict[str, Any], fault: Fault, key: str | None) -> Content:
    """The answer to a GraphQL request."""
    if key not in serving.keys:
        return _refused("user is not logged in", 401)
    if fault.body is not None:  # a mutation that fails changes nothing; one whose answer is lost does
        return Content(fault.body.encode(), fault.status or 200)
    if fault.errors is not None:
        return _refused(fault.errors, 200)
    try:
        data = serving.answers.answer(operation, asked, fault.null)
    except Refusal as refusal:
        return _refused(refusal.message, refusal.status)
    except Exception as defect:  # noqa: BLE001 - without an answer the client would ask again for minutes
        return _refused(f"the test server is broken: {defect!r}", 400)
    return Content(json.dumps({"data": data}).encode())


def _refused(message: str, status: int) -> Content:
    said = {"errors": [{"message": message, "path": []}], "data": None}
    return Content(json.dumps(said).encode(), status)


def _file(serving: Serving, path: str) -> bytes | None:
    found = re.fullmatch(r"/files/([^/]+)/([^/]+)/([^/]+)/(.+)", path)
    run = serving.answers.runs.get((found[1], found[2], found[3])) if found else None
    return None if run is None or found is None else run.files.get(found[4])


def _range(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte asked for; without a first one, so many of the last."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)
