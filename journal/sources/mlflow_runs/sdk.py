"""The one door to MLflow's client: asks a tracking server, in a process of its own that `client` starts and ends.

Questions come in and answers go out as JSON, one object a line; the last line of an answer is `{"end": true}`, or tells
of an `error`. The file stands alone: it is run by its path, in an empty folder, without anything of the journal.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answers = Iterator[dict[str, Any]]

PAGE = 1000
"""Experiments that are asked for at once."""

_MISSING = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE", "NOT_FOUND"}
_STATUS = re.compile(r"error code (\d{3}) != 200|too many (\d{3}) error")


def experiments(client: Any) -> Answers:
    """Id and name of every experiment that was not deleted."""
    token = None
    while True:
        page = client.search_experiments(max_results=PAGE, page_token=token)
        yield from ({"id": each.experiment_id, "name": each.name} for each in page)
        token = page.token
        if not token:
            return


def runs(client: Any, ids: list[str]) -> Answers:
    """What is recorded of those of these runs that are there."""
    from mlflow.exceptions import MlflowException

    for run_id in ids:
        try:
            run = client.get_run(run_id)
        except MlflowException as error:
            if error.error_code not in _MISSING:
                raise
        else:
            if run.info.lifecycle_stage != "deleted":
                yield _recorded(run)


def search(client: Any, experiments: list[str], filter: str, most: int, token: str | None) -> Answers:  # noqa: A002
    """One page of the runs for which a filter of MLflow's holds, the newest first, and the token of the next."""
    found = client.search_runs(
        experiments, filter, max_results=most, order_by=["attributes.start_time DESC"], page_token=token
    )
    yield from (_recorded(run) for run in found)
    yield {"token": found.token}


def history(client: Any, run: str, keys: list[str]) -> Answers:
    """Every value of these metrics of a run: all pages of them, which MLflow's client joins."""
    for key in keys:
        points = client.get_metric_history(run, key)
        yield {
            "key": key,
            "steps": [point.step for point in points],
            "times": [point.timestamp for point in points],
            "values": [float(point.value) for point in points],
        }


def _recorded(run: Any) -> dict[str, Any]:
    told, held = run.info, run.data
    return {
        "id": told.run_id,
        "experiment_id": told.experiment_id,
        "name": told.run_name,
        "status": told.status,
        "started": told.start_time,
        "params": dict(held.params),
        "tags": dict(held.tags),
        "latest": dict(held.metrics),
    }


ASKED: dict[str, Callable[..., Answers]] = {
    "experiments": experiments,
    "runs": runs,
    "search": search,
    "history": history,
}


def _failure(error: Exception) -> dict[str, Any]:
    """What went wrong, without any address: one could hold a password."""
    status = next((first or second for first, second in _STATUS.findall(str(error))), None)
    cause: BaseException = error
    for _ in range(20):
        deeper = cause.__cause__ or cause.__context__ or getattr(cause, "reason", None)
        if not isinstance(deeper, BaseException):
            break
        cause = deeper
    return {
        "error": status or getattr(error, "error_code", None) or type(error).__name__,
        "cause": getattr(cause, "strerror", None) or type(cause).__name__,
    }


def main() -> None:
    """Answer questions until there are no more."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever else is printed must not come between the answers

    def tell(answer: dict[str, Any]) -> None:
        out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        out.flush()

    try:
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=os.environ["MLFLOW_TRACKING_URI"])
    except ImportError:
        tell({"error": "no MLflow"})
        return
    for line in sys.stdin.buffer:
        question = json.loads(line)
        try:
            for answer in ASKED[question.pop("ask")](client, **question):
                tell(answer)
            tell({"end": True})
        except Exception as error:  # noqa: BLE001 - everything is told of
            tell(_failure(error))


if __name__ == "__main__":
    main()
