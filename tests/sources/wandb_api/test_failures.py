from __future__ import annotations

import pytest

from journal.errors import SourceUnavailable
from journal.sources.sdk_child.failures import Failure
from journal.sources.wandb_api.failures import WORDING, classified, failure_of

KEY = "abcd" * 10
GIVING_UP = "POST https://box/graphql giving up after 2 attempt(s)"
READER = "failed to create reader for file: http://box/0000.runhistory.parquet"
POST = f'{GIVING_UP}: Post "https://box/graphql"'

# What SDK 0.31 says, as it was seen.
SEEN = {
    'returned error 401: {"data":null}': Failure("refused", "401"),
    'returned error 403: {"data":null,"errors":[{"message":"permission denied"}]}': Failure("forbidden", "403"),
    'returned error 404: {"data":null}': Failure("absent", "404"),
    'returned error 400: {"errors":[{"message":"bad \\"filter\\""}]}': Failure("said", 'bad "filter"'),
    f"{GIVING_UP}\nwhile retrying: HTTP 429: {{}}": Failure("limited", "429"),
    f"{GIVING_UP}\nwhile retrying: HTTP 500: {{}}": Failure("broken", "500"),
    f"{GIVING_UP}\nwhile retrying: HTTP 503: {{}}": Failure("down", "503"),
    f"{POST}: dial tcp 127.0.0.1:9: connect: connection refused": Failure("unreachable", "connection refused"),
    f"{POST}: dial tcp: lookup box on 10.2.5.5:53: no such host": Failure("unknown-host"),
    f"{POST}: tls: first record does not look like a TLS handshake": Failure(
        "certificate", "first record does not look like a TLS handshake"
    ),
    f"{POST}: tls: failed to verify certificate: x509: certificate signed by unknown authority": Failure(
        "certificate", "failed to verify certificate: x509: certificate signed by unknown authority"
    ),
    f"{POST}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)": Failure("slow"),
    "Failed to execute API request: the service process is busy and did not respond in time.": Failure("slow"),
    "Failed to execute API request: the service process is not running.": Failure("crashed"),
    "Connection lost": Failure("crashed"),
    "[Errno 32] Broken pipe": Failure("crashed"),
    f"{POST}: write tcp 127.0.0.1:5->127.0.0.1:9: write: broken pipe": Failure("cut"),
    "unexpected EOF": Failure("cut"),
    f"{POST}: read tcp 127.0.0.1:5->127.0.0.1:9: read: connection reset by peer": Failure("cut"),
    "json: cannot unmarshal string into Go value of type graphql.Response": Failure("garbled"),
    "invalid character '<' looking for beginning of value": Failure("garbled"),
    "GET http://box giving up after 2 attempt(s): unexpected HTTP status 503 Service Unavailable": (
        Failure("export", "HTTP 503")
    ),
    f"{READER}: Failed to create HTTP reader: Failed to get file size: status 403 Forbidden": (
        Failure("export", "HTTP 403")
    ),
    f"{READER}: Failed to create parquet reader builder: Parquet error: Invalid Parquet file. Corrupt footer": (
        Failure("export", "it is no parquet file")
    ),
    f"{READER}: Failed to create parquet reader builder: External: error sending request for url (http://box)": (
        Failure("export", "the connection broke")
    ),
    "input: project EOF not found\n": Failure("said", "project EOF not found"),  # words of the server are no reasons
}


@pytest.mark.parametrize("text", SEEN)
def test_what_the_sdk_says_is_understood(text: str) -> None:
    assert classified(["WandbApiFailedError"], text, None) == SEEN[text]


def test_a_status_that_comes_with_an_error_counts_before_its_words() -> None:
    assert classified(["WandbApiFailedError"], "lookup of HTTP 500 failed", 403).kind == "forbidden"
    assert classified(["WandbApiFailedError"], "tls: unknown field", 400) == Failure("said", "tls: unknown field")


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["CommError", "MailboxClosedError"], "crashed"),
        (["UsageError", "Error"], "no-key"),
        (["AuthenticationError"], "bad-key"),
        (["AuthenticationError", "WandbApiFailedError"], "said"),
    ],
)
def test_what_has_no_words_is_told_by_its_name(names: list[str], kind: str) -> None:
    assert classified(names, "", None).kind == kind


def test_the_innermost_cause_counts() -> None:
    outer = ValueError("Failed to verify credentials with https://box")
    outer.__cause__ = OSError("unexpected EOF")
    assert failure_of(outer) == Failure("cut")


def test_a_refused_key_is_named_by_where_it_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = ValueError("returned error 401: {}")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    assert failure_of(refused) == Failure("refused", "401")
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    assert failure_of(refused) == Failure("refused-set")


@pytest.mark.parametrize("kind", WORDING.sentences)
@pytest.mark.parametrize("host", ["https://box", None])
def test_every_failure_is_one_plain_line(kind: str, host: str | None) -> None:
    error = WORDING.error(Failure(kind, "detail"), host, timeout=60, deadline=900)
    assert isinstance(error, SourceUnavailable)
    assert "{" not in str(error)
    assert "\n" not in str(error)
    assert not error.message.endswith(".")
    assert (host or "W&B") in error.message or "SDK" in error.message


def test_the_command_in_a_hint_holds_what_it_is_given_as_one_word() -> None:
    hint = WORDING.error(Failure("no-key"), "https://box/$(reboot)", timeout=1, deadline=1).hint
    assert hint == "run `wandb login --relogin --host='https://box/$(reboot)'`"
