"""A client that answers at once from the runs of the test server: no network, no SDK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from journal.errors import SourceUnavailable
from journal.sources.wandb_api.client import Page
from wandb_server_filters import meets, ordered
from wandb_server_runs import live, spelt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.errors import SourceUnavailable
    from wandb_server_runs import ServerRun

HOST = "https://api.wandb.ai"


class StandInClient:
    """What `Client` is to `WandbServer`; `asked` tells what came, and `away` whether nothing can be had."""

    def __init__(self, runs: Sequence[ServerRun], host: str = HOST, entity: str | None = "lab") -> None:
        self.held = list(runs)
        self.host = host
        self.entity = entity
        self.asked: list[tuple[str, Any]] = []
        self.noted: list[tuple[str, str]] = []
        self.away: SourceUnavailable | None = None

    def runs(
        self,
        entity: str,
        project: str,
        filters: Mapping[str, Any],
        *,
        most: int | None = None,
        order: str = "+created_at",
    ) -> Iterator[dict[str, Any]]:
        self._ask("runs", (entity, project, dict(filters)))
        there = [run for run in self.held if (run.entity, run.project) == (entity, project) and meets(run, filters)]
        for run in ordered(there, order)[:most]:
            node = run.node()
            yield {
                "id": run.id,
                "storage_id": run.storage_id,
                "name": node["displayName"],
                "state": run.state,
                "tags": run.tags,
                "notes": run.notes,
                "user": run.user,
                "group": run.group,
                "job_type": run.job_type,
                "commit": run.commit,
                "created_at": node["createdAt"],
                "heartbeat_at": node["heartbeatAt"],
                "config": live(run.config),
                "internal": run.internal,
                "summary": json.loads(spelt(run.summary)),
                "history_keys": run.history_keys(),
                "rows": node["historyLineCount"],
            }

    def rows(
        self, entity: str, project: str, run_id: str, *, keys: Sequence[str] | None, first: int, last: int, page: int
    ) -> Iterator[Page]:
        self._ask("rows", (run_id, first))
        (run,) = (run for run in self.held if (run.entity, run.project, run.id) == (entity, project, run_id))
        for begin in range(first, last + 1, page):
            stop = min(begin + page, last + 1)
            rows = [live(row) for row in run.given() if begin <= row["_step"] < stop]
            yield Page(begin, stop, [row for row in rows if keys is None or all(key in row for key in keys)])

    def set_notes(self, storage_id: str, notes: str) -> None:
        self._ask("notes", storage_id)
        self.noted.append((storage_id, notes))

    def close(self) -> None:
        self.asked.append(("close", None))

    def count(self, what: str) -> int:
        """How often something was asked for."""
        return sum(kind == what for kind, _ in self.asked)

    def _ask(self, what: str, about: Any) -> None:
        self.asked.append((what, about))
        if self.away is not None:
            raise self.away
