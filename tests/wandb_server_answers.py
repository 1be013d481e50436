"""What the test server answers to each GraphQL operation of the W&B client, and what it refuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from wandb_server_filters import meets, ordered
from wandb_server_graphql import Operation, Refusal, cut
from wandb_server_runs import ServerRun, flat, live, sampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from wandb_server_faults import Faults
    from wandb_server_graphql import Selection

Answer = dict[str, Any]
Address = tuple[str, str, str]

USERNAME = "researcher"
MOST_RUNS = 1000
"""Most runs that one answer gives."""


class Answers:
    """What the server knows, and what it says of it.

    Attributes:
        url: Its own address.
        runs: Its runs, by entity, project and id.
        exports: The parquet files it gave addresses of, by path.
        changes: What each mutation changed.
    """

    def __init__(self, url: str, entity: str, faults: Faults) -> None:
        self.url = url
        self.entity = entity
        self.runs: dict[Address, ServerRun] = {}
        self.exports: dict[str, bytes] = {}
        self.changes: list[dict[str, Any]] = []
        self._faults = faults

    def answer(self, operation: Operation, asked: Answer, null: str | None) -> Answer:
        """The data of an answer.

        Raises:
            Refusal: There is no answer to it.
        """
        below = operation.fields.get("project", {})
        if "viewer" in operation.fields:
            data = self._viewer()
        elif "upsertBucket" in operation.fields:
            data = self._upsert(operation, asked)
        elif not {"runs", "run"} & below.keys():
            raise Refusal(f"the test server does not know the operation {operation.name}", 400)
        elif null == "project" or not any((run.entity, run.project) == _place(asked) for run in self.runs.values()):
            data = {"project": None}
        elif "runs" in below:
            data = {"project": self._project() | self._runs(below["runs"], asked)}
        else:
            data = {"project": self._project() | {"run": None if null == "run" else self._run(below["run"], asked)}}
        return cast("Answer", cut(data, operation.fields))

    def _viewer(self) -> Answer:
        teams = {"edges": [{"node": {"name": self.entity}}]}
        who = {"id": "VXNlcjox", "entity": self.entity, "username": USERNAME, "email": "researcher@lab.example"}
        flags = {"flags": "{}", "admin": False, "deletedAt": None, "name": "Re Searcher"}
        return {"viewer": {**who, **flags, "teams": teams, "apiKeys": None}}

    def _project(self) -> Answer:
        return {"internalId": "UHJvamVjdDox", "readOnly": False, "id": "UHJvamVjdDox"}

    def _runs(self, below: Selection, asked: Answer) -> Answer:
        """A page of the runs that meet the filters."""
        here = [run for run in self.runs.values() if (run.entity, run.project) == _place(asked)]
        conditions = json.loads(asked.get("filters") or "{}")
        found = ordered([run for run in here if meets(run, conditions)], asked.get("order"))
        begin = 0 if self._faults.stuck else int(asked.get("cursor") or 0)
        page = found[begin : begin + min(asked.get("perPage") or 50, MOST_RUNS)]
        wanted = below.get("edges", {}).get("node", {})
        edges = [
            {"node": self._node(run, wanted, asked), "cursor": str(begin + number)}
            for number, run in enumerate(page, 1)
        ]
        end = begin + len(page)
        about = {"endCursor": str(end) if page else None, "hasNextPage": end < len(found)}
        return {"runCount": len(found), "runs": {"edges": edges, "pageInfo": about}}

    def _run(self, below: Selection, asked: Answer) -> Answer | None:
        """One run."""
        name = asked.get("name") or asked.get("run") or asked.get("runName") or ""
        run = self.runs.get((*_place(asked), name))
        return None if run is None else self._node(run, below, asked)

    def _node(self, run: ServerRun, below: Selection, asked: Answer) -> Answer:
        """A run, and of its history and files what is asked for."""
        parts: dict[str, Callable[[ServerRun, Answer], Any]] = {
            "events": lambda _, __: [],
            "files": self._files,
            "history": self._history,
            "historyKeys": lambda run, _: run.history_keys(),
            "parquetHistory": self._parquet,
            "sampledHistory": self._sampled,
        }
        return run.node() | {part: tell(run, asked) for part, tell in parts.items() if part in below}

    def _history(self, run: ServerRun, asked: Answer) -> list[str]:
        """Rows as JSON texts: a page of steps, or a sample of all."""
        most = asked.get("pageSize", asked.get("samples"))
        return [json.dumps(live(row)) for row in self._rows(run, asked.get("minStep"), asked.get("maxStep"), most)]

    def _sampled(self, run: ServerRun, asked: Answer) -> list[list[Answer]]:
        """For each spec the rows that have all of its keys, nested ones joined by dots."""
        return [self._of_spec(run, json.loads(spec)) for spec in asked.get("specs") or [asked["spec"]]]

    def _of_spec(self, run: ServerRun, spec: Answer) -> list[Answer]:
        keys = list(dict.fromkeys(spec["keys"]))
        last = spec.get("maxStep")  # here the last step of the page; in a page of all keys the one after it
        rows = [flat(row) | row for row in self._rows(run, spec.get("minStep"), None if last is None else last + 1)]
        having = [{key: live(row[key]) for key in keys} for row in rows if all(key in row for key in keys)]
        return sampled(having, self._most(spec.get("samples")))

    def _rows(self, run: ServerRun, first: int | None, stop: int | None, most: int | None = None) -> list[Answer]:
        """Rows of steps from `first` up to and without `stop`."""
        left_out = run.rows[: run.exported] if first is not None and not self._faults.repeats else []
        gone = {id(row) for row in left_out}
        rows = [row for row in run.given() if id(row) not in gone]
        rows = [row for row in rows if first is None or first <= row["_step"]]
        return sampled([row for row in rows if stop is None or row["_step"] < stop], self._most(most))

    def _most(self, asked: int | None) -> int | None:
        return min((most for most in (asked, self._faults.page_cap) if most is not None), default=None)

    def _parquet(self, run: ServerRun, _: Answer) -> Answer:
        """Addresses of the exported files, and which rows are not in them."""
        folder = f"/exports/{run.entity}/{run.project}/{run.id}"
        made = {f"{folder}/{number:04}.runhistory.parquet": file for number, file in enumerate(run.parquets())}
        self.exports |= made
        after = [{"_step": float(row["_step"])} for row in run.rows[run.exported :]]
        return {"parquetUrls": [self.url + path for path in made], "liveData": after}

    def _files(self, run: ServerRun, asked: Answer) -> Answer:
        """The files of these names, or of all that are like a pattern."""
        names = asked.get("fileNames") or [name for name in run.files if _like(name, asked.get("pattern"))]
        edges = [{"node": self._file(run, name), "cursor": name} for name in names if name in run.files]
        return {"edges": edges, "pageInfo": {"endCursor": edges[-1]["cursor"] if edges else None, "hasNextPage": False}}

    def _file(self, run: ServerRun, name: str) -> Answer:
        url = f"{self.url}/files/{run.entity}/{run.project}/{run.id}/{name}"
        size, kind = str(len(run.files[name])), "application/octet-stream"
        told = {"id": f"file:{name}", "name": name, "url": url, "directUrl": url, "sizeBytes": size, "mimetype": kind}
        return {**told, "updatedAt": run.heartbeat_at, "md5": ""}

    def _upsert(self, operation: Operation, asked: Answer) -> Answer:
        """Change a run; what is null or not given stays as it was."""
        given = {name: asked[variable] for name, variable in operation.given.items() if variable in asked}
        given = {name: value for name, value in given.items() if value is not None}
        run = next((run for run in self.runs.values() if run.storage_id == given.get("id")), None)
        if run is None:
            raise Refusal("run not found", 404)
        self.changes.append(given)
        _change(run, given)
        below = operation.fields["upsertBucket"].get("bucket", {})
        return {"upsertBucket": {"bucket": self._node(run, below, asked), "inserted": False}}


def _place(asked: Answer) -> tuple[str, str]:
    return asked.get("entity") or "", asked.get("project") or ""


def _change(run: ServerRun, given: Answer) -> None:
    names = {"notes": "notes", "displayName": "name", "tags": "tags", "groupName": "group", "jobType": "job_type"}
    for name, value in given.items():
        if name in names:
            setattr(run, names[name], value)
        elif name == "config":
            config = {key: each["value"] for key, each in json.loads(value).items()}
            run.internal = config.pop("_wandb", run.internal)
            run.config = config
        elif name == "summaryMetrics":
            run.summary = json.loads(value)


def _like(name: str, pattern: str | None) -> bool:
    """Whether a name is like a pattern of SQL."""
    if not pattern:
        return True
    return re.fullmatch(".*".join(map(re.escape, pattern.split("%"))), name) is not None
