"""Entries that stand on no disk, for tests of pages that list many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from journal.config import Config, Settings
from journal.document.published import Site
from journal.site.abstract import Abstract
from journal.site.contents import Contents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from journal.errors import JournalError
    from journal.site.abstract import RunAbstract

A_DAY = 86_400.0


def entry(id_: str, **fields: Any) -> Abstract:
    """An entry; its id begins with the day on which it was written."""
    from datetime import UTC, datetime

    day = id_[:10]
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    known: dict[str, Any] = {
        "path": f"entries/{id_}.md",
        "page": f"entries/{id_}.md",
        "sum": "",
        "title": id_[11:],
        "day": day,
        "created": f"{day} 00:00 +00:00",
        "moment": moment,
    }
    return Abstract(id=id_, **{**known, **fields})


def contents_of(
    *entries: Abstract,
    title: str = "Attention",
    runs: Sequence[RunAbstract] = (),
    problems: Sequence[JournalError] = (),
    address: str | None = None,
    root: Path = Path("nowhere"),
    settings: Mapping[str, Any] | None = None,
) -> Contents:
    """A journal of these entries."""

    def view(path: str) -> Any:
        raise AssertionError(f"a list read {path}")

    return Contents(
        config=Config(root, Settings.model_validate(settings or {}), root / "journal.toml"),
        title=title,
        abstracts=sorted(entries, key=lambda each: each.moment, reverse=True),
        view=view,
        runs={run.key: run for run in runs},
        problems=list(problems),
        site=Site(address),
    )


def pages(room: ModuleType, contents: Contents) -> dict[str, str]:
    """The pages of a room by their path."""
    return {sheet.path: sheet.make().decode() for sheet in room.sheets(contents)}


def keys(room: ModuleType, contents: Contents) -> dict[str, str]:
    """What each page of a room is made of, as a sum."""
    return {sheet.path: sheet.key for sheet in room.sheets(contents)}


def rows(text: str) -> list[str]:
    """The rows of the lists of a page."""
    return [line for line in text.splitlines() if line.startswith('<li><div class="journal-row__lead">')]
