"""The rule about runs that lie in a folder and on a server, and are not the same in both."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.model.finding import Severity
from journal.tables.fill import EntryFill
from journal.tables.standing import some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.model.entry import Entry
    from journal.model.evidence import RunEvidence
    from journal.model.finding import Finding
    from journal.model.run import Elsewhere


def _unlike(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, fill in scene.fills:
        runs = fill.evidence.runs if isinstance(fill, EntryFill) else {}
        for reference, run in runs.items():
            if run.elsewhere is not None and run.elsewhere.unlike:
                handle, place = _named(scene, entry, reference)
                yield rule.finding(
                    entry.path,
                    f"run {handle} is otherwise {_where(run.elsewhere)}: {some(run.elsewhere.unlike)}",
                    place=place,
                    hint=_hint(entry, run, run.elsewhere),
                )


def _named(scene: Scene, entry: Entry, reference: str) -> tuple[str, tuple[int, int] | None]:
    """What the entry calls a run, and where it names it: in its front matter, or first in a cited value."""
    for index, ref in enumerate(entry.front_matter.runs):
        if ref.id == reference:
            return ref.handle, scene.at(entry, "runs", index, "id")
    lines = (value.line for value in entry.citations if value.run == reference)
    return reference, next(((line, 1) for line in lines), None)


def _where(other: Elsewhere) -> str:
    return f"on {other.origin.host}" if other.origin.is_online else f"in {_folder(other.origin.path)}"


def _hint(entry: Entry, run: RunEvidence, other: Elsewhere) -> str:
    """What brings the two together, or says which of them counts."""
    again = f"`journal fill-results {entry.id} --refresh`"
    if other.rows == run.rows:
        return f"{again} asks the server again"
    online = other.origin.is_online
    if online == (other.rows < run.rows):
        folder = _folder((run if online else other).origin.path)
        return f"`wandb sync {folder}` uploads what is missing, and {again} records it"
    if online:
        return '`first = "server"` under [online] takes the numbers from where there are more rows'
    return "the folder is behind the server: it can go"


def _folder(path: str) -> str:
    """The folder of a log."""
    return str(PurePosixPath(path).parent)


RULES = (Rule("REF008", Severity.WARNING, "a run that is otherwise in another place", _unlike, own=True),)
