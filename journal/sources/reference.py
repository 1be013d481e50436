"""What a run reference says: an address with entity, project and id, or a bare word."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from journal.model.run import RunHead

_PATH_LIKE = re.compile(r"[/.~\\]|[A-Za-z]:[\\/]")
_RUN_FOLDER = re.compile(r"(?:.*/)?(?:offline-)?run-\d{8}_\d{6}-[^/]+/?$", re.DOTALL)
_MOST_PARTS = 3

SHORTEST_PREFIX = 4
"""Characters that the beginning of an id needs to stand for it."""


class Address(NamedTuple):
    """An address, as far as it was given."""

    entity: str | None
    project: str | None
    id: str

    def fits(self, head: RunHead) -> bool:
        """Whether a run can be the one meant: what a log does not record, such as an offline run's entity, fits."""
        return (
            head.id == self.id
            and (self.entity is None or head.entity in (None, self.entity))
            and (self.project is None or head.project in (None, self.project))
        )

    def is_exactly(self, head: RunHead) -> bool:
        """Whether a run records every part of the address."""
        return head.id == self.id and self.entity in (None, head.entity) and self.project in (None, head.project)


def is_url(reference: str) -> bool:
    """Whether a reference is a URL."""
    return "://" in reference


def looks_like_path(reference: str) -> bool:
    """Whether a reference can only mean a file or folder."""
    if is_url(reference):
        return False
    named = reference.endswith(".wandb") or _RUN_FOLDER.match(reference) is not None
    return named or _PATH_LIKE.match(reference) is not None


def parse_address(reference: str) -> Address | None:
    """The address in a reference with more than one part, or None.

    Understood are `project/id`, `entity/project/id`, `entity/project/runs/id` and a run's URL on any host,
    with whatever follows the id in it.
    """
    if is_url(reference):
        parts = [unquote(part) for part in urlsplit(reference).path.split("/") if part]
        return _after_runs(parts)
    parts = reference.split("/")
    if not all(parts) or len(parts) == 1:
        return None
    if "runs" in parts[2:-1]:
        return _after_runs(parts)
    if len(parts) > _MOST_PARTS:
        return None
    return Address(parts[0] if len(parts) == _MOST_PARTS else None, parts[-2], parts[-1])


def _after_runs(parts: list[str]) -> Address | None:
    """`…/entity/project/runs/id/…`: the parts around the first `runs` that has two parts before and one after it."""
    for place in range(2, len(parts) - 1):
        if parts[place] == "runs":
            return Address(parts[place - 2], parts[place - 1], parts[place + 1])
    return None


def answering(text: str, heads: Iterable[RunHead]) -> list[RunHead]:
    """The runs that a reference names, by the first rule that any of them answers to; none for a path."""
    listed = list(heads)
    for rule in _rules(text):
        matches = [head for head in listed if rule(head)]
        if matches:
            return matches
    return []


def _rules(text: str) -> list[Callable[[RunHead], bool]]:
    """What a run may answer to, the surest first: its address or id, its name, its folder, how its id begins."""
    address = parse_address(text)
    rules: list[Callable[[RunHead], bool]] = []
    if address is not None:
        rules += [address.is_exactly, address.fits]
    if not is_url(text):
        rules += [
            lambda head: head.id == text,
            lambda head: head.name == text,
            lambda head: PurePath(head.place).name == text,
        ]
        if len(text) >= SHORTEST_PREFIX:
            rules.append(lambda head: head.id.startswith(text))
    return rules
