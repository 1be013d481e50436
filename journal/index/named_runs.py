"""Which run a reference names, told by its words alone: without looking at any source."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from journal.sources.reference import looks_like_path, parse_address

if TYPE_CHECKING:
    from journal.index.relations import Relating
    from journal.model.entry import Entry, RunRef

_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-(?P<id>[^/]+)")
_LOG = re.compile(r"run-(?P<id>[^/]+)\.wandb")


@lru_cache(maxsize=65_536)
def named_run(reference: str) -> str:
    """The run's id as far as the reference spells it, or else the reference itself.

    Good for asking whether two entries mean the same run where runs need not be on this machine. Display names and
    beginnings of ids are not looked up.

    Examples:
        >>> [named_run(text) for text in ("fej59g91", "lab/toy/fej59g91", "wandb/run-20260221_190115-fej59g91/")]
        ['fej59g91', 'fej59g91', 'fej59g91']
    """
    text = reference.strip()
    if looks_like_path(text):
        parts = [part for part in re.split(r"[/\\]", text) if part]
        found = [match["id"] for part in parts for match in [_LOG.fullmatch(part) or _FOLDER.fullmatch(part)] if match]
        return found[-1] if found else text
    address = parse_address(text)
    return address.id if address is not None else text


def run_references(entry: Entry) -> tuple[str, ...]:
    """Every reference by which an entry names a run, in its front matter and in cited values, each once."""
    own = {ref.handle: ref.id for ref in entry.front_matter.runs}
    cited = (own.get(value.run, value.run) for value in entry.citations)
    return tuple(dict.fromkeys([*own.values(), *cited]))


def runs_by_name(entry: Relating) -> dict[str, RunRef]:
    """The runs of an entry's front matter by their ids as far as they are spelt; the first of each."""
    found: dict[str, RunRef] = {}
    for ref in entry.front_matter.runs:
        found.setdefault(named_run(ref.id), ref)
    return found
