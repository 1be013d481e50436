"""What went wrong between MLflow's client and a tracking server."""

from __future__ import annotations

import re

from journal.sources.sdk_child.failures import SOON, Failure, Wording

_SEE = "see `mlflow` under [online], or MLFLOW_TRACKING_URI"
_STATUS = re.compile(r"error code (\d{3}) != 200|too many (\d{3}) error")
_OF_MLFLOW = {"MlflowException", "RestException"}
_DEEPEST = 20
_KINDS = {
    **dict.fromkeys(("401", "403", "UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED", "PERMISSION_DENIED"), "refused"),
    **dict.fromkeys(("429", "REQUEST_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"), "limited"),
    **dict.fromkeys(("404", "ENDPOINT_NOT_FOUND"), "absent"),
    **dict.fromkeys(("502", "503", "504", "TEMPORARILY_UNAVAILABLE"), "down"),
    **dict.fromkeys(("500", "INTERNAL_ERROR"), "broken"),
}


def wording(*, own: bool) -> Wording:
    """How failures are told of a server, which is the user's own or is not."""
    credentials = "set MLFLOW_TRACKING_TOKEN, or user name and password"
    if not own:
        credentials = "credentials are only sent to your own server: name it in MLFLOW_TRACKING_URI"
    sentences = {
        "refused": ("{host} refuses access", credentials),
        "absent": ("{host} is none: it answers 404", _SEE),
        "unreachable": ("{host} could not be reached{colon}", _SEE),
        "said": ("{host} did not answer the question{colon}", SOON),
    }
    return Wording("MLflow's client", "mlflow", "the MLflow server", sentences)


def failure_of(error: Exception) -> Failure:
    """What an exception of MLflow's client tells, without any address: one could hold a password."""
    status = next((first or second for first, second in _STATUS.findall(str(error))), None)
    code = str(status or getattr(error, "error_code", None) or type(error).__name__)
    cause = _innermost(error)
    if code == "INTERNAL_ERROR" and type(cause).__name__ not in _OF_MLFLOW:
        return Failure("unreachable", getattr(cause, "strerror", None) or type(cause).__name__)
    return Failure(_KINDS.get(code, "said"), code)


def _innermost(error: BaseException) -> BaseException:
    for _ in range(_DEEPEST):
        deeper = error.__cause__ or error.__context__ or getattr(error, "reason", None)
        if not isinstance(deeper, BaseException):
            break
        error = deeper
    return error
