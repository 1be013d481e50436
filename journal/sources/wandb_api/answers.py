"""What the SDK gives, as plain values that a frame can hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from journal.sources.sdk_child.failures import Failure, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_RUNS = 10_000
"""Runs that may answer a question which does not say how many at most."""


def runs(given: Iterable[tuple[list[dict[str, Any]], bool]], most: int | None) -> Iterator[list[dict[str, Any]]]:
    """What the server says of runs, each of them once, page by page.

    Args:
        given: Pages of its answers, and whether another one follows; none is asked for that is not needed.
        most: How many runs at most.

    Raises:
        Refusal: A page that is not the last one brings no run that did not come before, or there are far too many.
    """
    known: set[str] = set()
    for nodes, follows in given:
        new = {node["name"]: node for node in nodes if node["name"] not in known}
        if follows and not new:
            raise Refusal(Failure("garbled"))
        if most is None and len(known) + len(new) > MOST_RUNS:
            raise Refusal(Failure("too-many", f"{MOST_RUNS:,}"))
        wanted = list(new.values())[: None if most is None else most - len(known)]
        known.update(new)
        if wanted:
            yield [statement(node) for node in wanted]
        if most is not None and len(known) >= most:
            return


def statement(node: dict[str, Any]) -> dict[str, Any]:
    """What the server says of a run: its very answer, for the SDK's own object drops `_wandb` of the config."""
    user = node.get("user") or {}
    config = {name: _value(given) for name, given in _parsed(node.get("config")).items()}
    internal = config.pop("_wandb", None)
    config.pop("wandb_version", None)
    return {
        "id": node["name"],
        "storage_id": node["id"],
        "name": node.get("displayName"),
        "state": node.get("state"),
        "tags": list(node.get("tags") or ()),
        "notes": node.get("notes"),
        "user": user.get("username") or user.get("name"),
        "group": node.get("group"),
        "job_type": node.get("jobType"),
        "commit": node.get("commit"),
        "created_at": node.get("createdAt"),
        "heartbeat_at": node.get("heartbeatAt"),
        "config": config,
        "internal": internal if isinstance(internal, dict) else {},
        "summary": _parsed(node.get("summaryMetrics")),
        "history_keys": node.get("historyKeys"),
        "rows": node.get("historyLineCount"),
    }


def _parsed(text: Any) -> dict[str, Any]:
    """A JSON object that the server may give as text, with control characters in it."""
    found = json.loads(text, strict=False) if isinstance(text, str) else text
    return found if isinstance(found, dict) else {}


def _value(given: Any) -> Any:
    return given["value"] if isinstance(given, dict) and "value" in given else given


def pages(scan: Any, first: int) -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """The pages of a scan of a history, one after the other: first step, step after the last, rows.

    Args:
        scan: What `Run.scan_history` of the SDK gives.
        first: The step that it begins with.
    """
    end = scan.max_step + 1
    for row in scan:
        rows = [row, *scan.rows[scan.scan_offset :]]
        scan.scan_offset = len(scan.rows)  # so the next row is the first one of another page
        stop = min(scan.page_offset, end)
        yield first, stop, rows
        first = stop
    if first < end:
        yield first, end, []
