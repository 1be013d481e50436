from __future__ import annotations

import pytest

from journal.sources.mlflow_runs.failures import failure_of, wording
from journal.sources.sdk_child.failures import Failure


class RestException(Exception):
    """As the client makes one of an answer that tells of an error."""

    def __init__(self, text: str, error_code: str | None = None) -> None:
        super().__init__(text)
        self.error_code = error_code


SEEN = {
    "API request failed with error code 401 != 200. Response body: ''": Failure("refused", "401"),
    "API request to https://ada:secret@box failed with error code 404 != 200": Failure("absent", "404"),
    "Max retries exceeded (Caused by ResponseError('too many 429 error responses'))": Failure("limited", "429"),
    "Max retries exceeded (Caused by ResponseError('too many 503 error responses'))": Failure("down", "503"),
    "API request failed with error code 500 != 200": Failure("broken", "500"),
    "API request failed with error code 418 != 200": Failure("said", "418"),
}


@pytest.mark.parametrize("text", SEEN)
def test_the_status_of_an_answer_counts(text: str) -> None:
    assert failure_of(RestException(text, "INTERNAL_ERROR")) == SEEN[text]


def test_what_the_server_says_is_told_by_its_code() -> None:
    assert failure_of(RestException("no", "PERMISSION_DENIED")) == Failure("refused", "PERMISSION_DENIED")
    assert failure_of(RestException("no", "INVALID_PARAMETER_VALUE")) == Failure("said", "INVALID_PARAMETER_VALUE")
    assert failure_of(RestException("it broke", "INTERNAL_ERROR")) == Failure("broken", "INTERNAL_ERROR")


def test_where_no_answer_came_the_innermost_cause_counts() -> None:
    outer = RestException("API request to https://ada:secret@box failed", "INTERNAL_ERROR")
    outer.__cause__ = OSError("Max retries exceeded")
    outer.__cause__.__context__ = ConnectionRefusedError(111, "Connection refused")
    assert failure_of(outer) == Failure("unreachable", "Connection refused")


@pytest.mark.parametrize("kind", wording(own=True).sentences)
def test_every_failure_of_mlflow_is_one_plain_line(kind: str) -> None:
    error = wording(own=True).error(Failure(kind, "detail"), "the MLflow server box", timeout=60, deadline=900)
    assert "{" not in str(error)
    assert "\n" not in str(error)
    assert "MLflow" in error.message


def test_who_is_refused_by_another_server_is_told_why_nothing_was_sent() -> None:
    hints = [wording(own=own).error(Failure("refused"), "box", timeout=1, deadline=1).hint for own in (True, False)]
    assert hints == [
        "set MLFLOW_TRACKING_TOKEN, or user name and password",
        "credentials are only sent to your own server: name it in MLFLOW_TRACKING_URI",
    ]
