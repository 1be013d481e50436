"""The script of the action that keeps one comment on a pull request."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from host import OURS, Host
from journal.exports.summary import MARKER, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).parent.parent / ".github" / "action" / "comment.py"


class Write(Protocol):
    """Runs the script."""

    def __call__(self, api: str, body: str = ..., *, number: object = ..., **environment: str) -> str:
        """What it prints."""
        ...


BODY = f"{MARKER}\n### Numbers of the journal\n\n1 entry: 1 number changed.\n"


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as started:
        yield started


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Write:
    """Runs the script, which never fails, and gives what it prints."""
    spec = importlib.util.spec_from_file_location("comment", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    comment = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(comment)

    def run(api: str, body: str = BODY, *, number: object = 7, **environment: str) -> str:
        (tmp_path / "summary.md").write_text(body, "utf-8")
        (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": number}}))
        for name, text in {**_surroundings(api, tmp_path), **environment}.items():
            monkeypatch.setenv(name, text)
        assert comment.main(str(tmp_path / "summary.md")) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        assert "sesame" not in printed.out
        return printed.out

    return run


def _surroundings(api: str, folder: Path) -> dict[str, str]:
    return {
        "GITHUB_API_URL": api,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_REPOSITORY": "lab/notes",
        "GITHUB_TOKEN": "sesame",
        "no_proxy": "*",
    }


def test_the_first_time_a_comment_is_made(write: Write, host: Host) -> None:
    host.say("Looks good.")
    assert write(host.api) == "made a comment\n"
    assert host.bodies == ["Looks good.", BODY]
    assert host.tokens == {"Bearer sesame"}


def test_from_then_on_it_is_brought_up_to_date(write: Write, host: Host) -> None:
    host.say(BODY.replace("\n", "\r\n"), OURS)
    host.say("Thanks.")
    assert write(host.api) == "the comment says so already\n"
    assert [method for method, _ in host.asked] == ["GET"]
    assert write(host.api, f"{BODY}More.\n") == "brought the comment up to date\n"
    assert host.bodies == [f"{BODY}More.\n", "Thanks."]


def test_it_is_found_on_a_later_page(write: Write, host: Host) -> None:
    for number in range(250):
        host.say(f"comment {number}", OURS)
    host.say(BODY, OURS)
    assert write(host.api, f"{BODY}More.\n") == "brought the comment up to date\n"
    assert host.bodies[-1] == f"{BODY}More.\n"
    assert [method for method, _ in host.asked] == ["GET"] * 3 + ["PATCH"]


def test_comments_of_others_and_those_that_quote_ours_are_left_alone(write: Write, host: Host) -> None:
    host.say(BODY, "somebody")
    host.say(f"> {BODY}", OURS)
    assert write(host.api, f"{BODY}More.\n") == "made a comment\n"
    assert host.bodies[:2] == [BODY, f"> {BODY}"]


def test_the_owner_of_another_token_is_told_by_name(write: Write, host: Host) -> None:
    host.say(BODY, "lab-bot")
    assert write(host.api, f"{BODY}More.\n", COMMENT_AUTHOR="lab-bot") == "brought the comment up to date\n"


def test_no_comment_is_made_to_say_nothing(write: Write, host: Host) -> None:
    nothing = f"{MARKER}\n{NOTHING}\nNone changed.\n"
    assert write(host.api, nothing) == "nothing to tell, and no comment was made\n"
    host.say(BODY, OURS)
    assert write(host.api, nothing) == "brought the comment up to date\n"
    assert host.bodies == [nothing]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_not_write_is_told_of_and_no_failure(write: Write, host: Host, status: int) -> None:
    host.refusing = status
    told = write(host.api)
    assert told.startswith(f"::notice title=journal::no comment: the host answers {status} ")
    assert "a pull request from a fork never gets" in told


@pytest.mark.parametrize("status", [302, 500, 422])
def test_a_host_that_is_out_of_order_is_told_of_and_no_failure(write: Write, host: Host, status: int) -> None:
    host.broken = status
    assert write(host.api).startswith("::warning title=journal::no comment: HTTPError: ")
    assert len(host.asked) == 1, "a redirection is not followed: the token is for one host"


def test_a_host_that_is_not_there_is_told_of_and_no_failure(write: Write) -> None:
    assert write("http://127.0.0.1:9").startswith("::warning title=journal::no comment: URLError: ")


def test_a_job_about_no_pull_request_makes_no_comment(write: Write, host: Host) -> None:
    expected = "::notice title=journal::no comment: this job is about no pull request\n"
    assert write(host.api, number=None) == expected
    assert write(host.api, number="7/../8") == expected
    assert write(host.api, GITHUB_REPOSITORY="lab/notes/../x") == expected
    assert host.asked == []
