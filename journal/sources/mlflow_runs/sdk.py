"""MLflow's client, asked for one tracking server. The only module that imports `mlflow`; in a process of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from journal.sources.mlflow_runs.failures import failure_of
from journal.sources.sdk_child.failures import Failure, Refusal
from journal.sources.sdk_child.serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answers = Iterator[dict[str, Any]]

PAGE = 1000
"""Experiments that are asked for at once."""

_MISSING = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE", "NOT_FOUND"}


class Desk:
    """MLflow's client, asked for the server that `MLFLOW_TRACKING_URI` names.

    Args:
        host: The server, as it is called in messages.

    Raises:
        Refusal: MLflow is not there.
    """

    service: int | None = None

    def __init__(self, host: str) -> None:
        try:
            from mlflow import MlflowClient
        except ImportError as error:
            raise Refusal(Failure("no-sdk")) from error
        self.host = host
        self._client: Any = MlflowClient(tracking_uri=os.environ["MLFLOW_TRACKING_URI"])

    def answers(self, ask: dict[str, Any]) -> Answers:
        """The values that answer a question."""
        known: dict[str, Callable[[dict[str, Any]], Answers]] = {
            "experiments": self._experiments,
            "runs": self._runs,
            "search": self._search,
            "history": self._history,
        }
        return known[ask["ask"]](ask)

    def _experiments(self, _: dict[str, Any]) -> Answers:
        """Id and name of every experiment that was not deleted."""
        token = None
        while True:
            page = self._client.search_experiments(max_results=PAGE, page_token=token)
            yield from ({"id": each.experiment_id, "name": each.name} for each in page)
            token = page.token
            if not token:
                return

    def _runs(self, ask: dict[str, Any]) -> Answers:
        """What is recorded of those of some runs that are there."""
        from mlflow.exceptions import MlflowException

        for run_id in ask["ids"]:
            try:
                run = self._client.get_run(run_id)
            except MlflowException as error:
                if error.error_code not in _MISSING:
                    raise
            else:
                if run.info.lifecycle_stage != "deleted":
                    yield _recorded(run)

    def _search(self, ask: dict[str, Any]) -> Answers:
        """One page of the runs for which a filter of MLflow's holds, the newest first, and the token of the next."""
        newest_first = ["attributes.start_time DESC"]
        found = self._client.search_runs(
            ask["experiments"], ask["filter"], max_results=ask["most"], order_by=newest_first, page_token=ask["token"]
        )
        yield {"runs": [_recorded(run) for run in found], "token": found.token}

    def _history(self, ask: dict[str, Any]) -> Answers:
        """Every value of some metrics of a run: all pages of them, which MLflow's client joins."""
        for key in ask["keys"]:
            points = self._client.get_metric_history(ask["run"], key)
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


if __name__ == "__main__":
    serve(Desk, failure_of)
