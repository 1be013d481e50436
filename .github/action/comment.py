"""Write a text as the one comment of ours on a pull request: make it, or bring the one that is there up to date.

    GITHUB_TOKEN=... python comment.py summary.md

The first line of the text marks the comment. Where the text says that there is nothing to tell, no comment is made,
but one that is there is brought up to date. What the host refuses is told, and is no failure: the summary of the job
has the same text. Needs Python 3.11 and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = "<!-- nothing changed -->"
PAGE = 100
MOST_PAGES = 100
PATIENCE = 30  # seconds
REFUSED = {401, 403, 404}

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


class _Refused(Exception):
    """The host does not let this token do that."""


class _Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the token is for the one host."""

    def redirect_request(self, *_: object) -> None:
        return None


class Comments:
    """The comments on a pull request.

    Args:
        api: The root of the host's API.
        repository: `owner/name`.
        number: The pull request.
        token: What may read and write them.
    """

    def __init__(self, api: str, repository: str, number: int, token: str) -> None:
        self._issues = f"{api.rstrip('/')}/repos/{repository}/issues"
        self._number = number
        self._token = token
        self._opener = urllib.request.build_opener(_Unmoved)

    def find(self, marker: str, author: str) -> dict[str, Any] | None:
        """The first comment of an author that begins with a line."""
        for comment in self._all():
            body, user = str(comment.get("body") or ""), comment.get("user") or {}
            if user.get("login") == author and body.replace("\r\n", "\n").partition("\n")[0].strip() == marker:
                return comment
        return None

    def make(self, body: str) -> None:
        """Write a new comment."""
        self._ask("POST", f"/{self._number}/comments", {"body": body})

    def replace(self, comment: dict[str, Any], body: str) -> None:
        """Give a comment another text."""
        self._ask("PATCH", f"/comments/{int(comment['id'])}", {"body": body})

    def _all(self) -> Iterator[dict[str, Any]]:
        for page in range(1, MOST_PAGES + 1):
            found = self._ask("GET", f"/{self._number}/comments?per_page={PAGE}&page={page}")
            yield from found
            if len(found) < PAGE:
                return

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  (the host's own API)
            self._issues + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "experiment-journal",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            method=method,
        )
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in REFUSED:
                raise _Refused(f"{error.code} {error.reason}") from error
            raise


def put(comments: Comments, body: str, author: str) -> str:
    """Write the one comment; returns what was done, in words.

    Args:
        comments: The comments on the pull request.
        body: The text; its first line is the marker.
        author: Who writes, by login.
    """
    marker, _, rest = body.partition("\n")
    there = comments.find(marker.strip(), author)
    if there is not None:
        if str(there.get("body")).replace("\r\n", "\n").strip() == body.strip():
            return "the comment says so already"
        comments.replace(there, body)
        return "brought the comment up to date"
    if rest.startswith(NOTHING):
        return "nothing to tell, and no comment was made"
    comments.make(body)
    return "made a comment"


def main(path: str) -> int:
    """Write the comment of the pull request that this job is about."""
    number = _pull_request()
    repository, token = os.environ.get("GITHUB_REPOSITORY", ""), os.environ.get("GITHUB_TOKEN", "")
    if number is None or not _REPOSITORY.fullmatch(repository):
        _say("notice", "no comment: this job is about no pull request")
        return 0
    api = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    author = os.environ.get("COMMENT_AUTHOR") or "github-actions[bot]"
    try:
        done = put(Comments(api, repository, number, token), Path(path).read_text("utf-8"), author)
    except _Refused as refused:
        why = "its job needs `permissions: pull-requests: write`, which a pull request from a fork never gets"
        _say("notice", f"no comment: the host answers {refused}; {why}. The summary of the job has the same text")
    except (OSError, ValueError) as error:  # among them a host that is not there, and answers that are no JSON
        _say("warning", f"no comment: {type(error).__name__}: {error}. The summary of the job has the same text")
    else:
        sys.stdout.write(f"{done}\n")
    return 0


def _pull_request() -> int | None:
    """The number of the pull request, from the event that started this job."""
    try:
        event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_bytes())
        return int(event["pull_request"]["number"])
    except (KeyError, TypeError, ValueError, OSError):
        return None


def _say(kind: str, message: str) -> None:
    """Print a message as the host shows it beside the job."""
    told = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{kind} title=journal::{told}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
