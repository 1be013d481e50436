"""A code host to test with: the few paths of GitHub's API that the action's script asks for, on this machine."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from types import TracebackType

OURS = "github-actions[bot]"


class Host:
    """A host with one pull request, `lab/notes#7`.

    Attributes:
        comments: Its comments, the oldest first.
        asked: Every request that came, as method and path.
        tokens: What each was authorised by.
        refusing: The status that every write is answered with, if any.
        broken: The status that everything is answered with, if any.
    """

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.tokens: set[str | None] = set()
        self.refusing: int | None = None
        self.broken: int | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
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
    def api(self) -> str:
        """The root of its API."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def say(self, body: str, login: str = "somebody") -> None:
        """Write a comment."""
        self.comments.append({"id": len(self.comments) + 100, "body": body, "user": {"login": login}})

    @property
    def bodies(self) -> list[str]:
        """What its comments say."""
        return [each["body"] for each in self.comments]

    def answer(self, method: str, target: str, given: bytes) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        address = urlsplit(target)
        if self.broken is not None:
            return self.broken, {"message": "out of order"}
        if method == "GET" and address.path == "/repos/lab/notes/issues/7/comments":
            asked = parse_qs(address.query)
            size, page = int(asked["per_page"][0]), int(asked["page"][0])
            return 200, self.comments[size * (page - 1) : size * page]
        if self.refusing is not None:
            return self.refusing, {"message": "Resource not accessible by integration"}
        if method == "POST" and address.path == "/repos/lab/notes/issues/7/comments":
            self.say(json.loads(given)["body"], OURS)
            return 201, self.comments[-1]
        found = re.fullmatch(r"/repos/lab/notes/issues/comments/(\d+)", address.path)
        if method == "PATCH" and found is not None:
            comment = self.comments[int(found[1]) - 100]
            comment["body"] = json.loads(given)["body"]
            return 200, comment
        return 404, {"message": "Not Found"}


def _answering(host: Host) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            host.asked.append((self.command, self.path))
            host.tokens.add(self.headers.get("Authorization"))
            status, shape = host.answer(self.command, self.path, given)
            raw = json.dumps(shape).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{host.api}/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815  (the names that http.server looks for)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Answering
