"""What a run reference says: an address with entity, project and id, or a bare word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from journal.model.run import RunHead

    Rule = Callable[[RunHead], bool]

_PATH_LIKE = re.compile(r"[/.~\\]|[A-Za-z]:[\\/]")
_RUN_FOLDER = re.compile(r"(?:.*/)?(?:offline-)?run-\d{8}_\d{6}-[^/]+/?$", re.DOTALL)
_BEHIND_ID = re.compile(r"[?#]")
_MOST_PARTS = 3

SHORTEST_PREFIX = 4
"""Characters that the beginning of an id needs to stand for it."""


class Project(NamedTuple):
    """An entity and a project, as far as they were given."""

    entity: str | None
    project: str | None

    def records(self, head: RunHead) -> bool:
        """Whether a run records all that was given; never if nothing was."""
        return any(self) and self.entity in (None, head.entity) and self.project in (None, head.project)

    def allows(self, head: RunHead) -> bool:
        """Whether a run can belong here: what a log does not record, such as an offline run's entity, fits."""
        return (self.entity is None or head.entity in (None, self.entity)) and (
            self.project is None or head.project in (None, self.project)
        )


class Address(NamedTuple):
    """An address, as far as it was given."""

    entity: str | None
    project: str | None
    id: str

    def fits(self, head: RunHead) -> bool:
        """Whether a run can be the one meant: what a log does not record, such as an offline run's entity, fits."""
        return head.id == self.id and Project(self.entity, self.project).allows(head)

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

    Understood are `project/id`, `entity/project/id`, `entity/project:id`, `entity/project/runs/id` and a run's URL on
    any host, with whatever follows the id in it.
    """
    if is_url(reference):
        return _after_runs([unquote(part) for part in _path_of(reference).split("/") if part])
    parts = reference.split("/")
    if not all(parts) or len(parts) == 1:
        return None
    if "runs" in parts[2:-1]:
        return _after_runs([*parts[:-1], _BEHIND_ID.split(parts[-1])[0]])
    if len(parts) == _MOST_PARTS - 1 and ":" in parts[1]:
        project, _, run_id = parts[1].partition(":")
        return Address(parts[0], project, run_id) if project and run_id else None
    if len(parts) > _MOST_PARTS:
        return None
    return Address(parts[0] if len(parts) == _MOST_PARTS else None, parts[-2], parts[-1])


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # a host that is none
        return ""


def _after_runs(parts: list[str]) -> Address | None:
    """`…/entity/project/runs/id/…`: the parts around the first `runs` that has two parts before and one after it."""
    for place in range(2, len(parts) - 1):
        if parts[place] == "runs":
            return Address(parts[place - 2], parts[place - 1], parts[place + 1])
    return None


def looking_like(text: str, heads: Iterable[RunHead]) -> list[RunHead]:
    """The runs that a word names by anything but their id: by the first rule that any of them answers to."""
    return _first_matches(_rules_of_looks(text), list(heads))


def answering(text: str, heads: Iterable[RunHead]) -> list[RunHead]:
    """The runs that a reference names, by the first rule that any of them answers to; none for a path."""
    return _first_matches([*_rules_of_id(text), *_rules_of_looks(text)], list(heads))


def with_id(text: str, by_id: Mapping[str, list[RunHead]]) -> list[RunHead]:
    """The runs that a reference names by their id or address; `answering` gives the same, having looked at them all."""
    address = parse_address(text)
    ids = dict.fromkeys([address.id, text] if address else [text])
    return _first_matches(_rules_of_id(text), [head for name in ids for head in by_id.get(name, ())])


def _first_matches(rules: Iterable[Rule], heads: list[RunHead]) -> list[RunHead]:
    for rule in rules:
        matches = [head for head in heads if rule(head)]
        if matches:
            return matches
    return []


def _rules_of_id(text: str) -> list[Rule]:
    """What a run surely answers to: its address or id."""
    address = parse_address(text)
    rules: list[Rule] = [address.is_exactly, address.fits] if address is not None else []
    return rules if is_url(text) else [*rules, lambda head: head.id == text]


def _rules_of_looks(text: str) -> list[Rule]:
    """What else a run may answer to, the surest first: its name, its folder, how its id begins."""
    if is_url(text):
        return []
    rules: list[Rule] = [
        lambda head: head.name == text,
        lambda head: head.place.rstrip("/").rpartition("/")[2] == text,
    ]
    return [*rules, lambda head: head.id.startswith(text)] if len(text) >= SHORTEST_PREFIX else rules
