"""The rule about runs that an entry calls by a name, a tag or part of an id, which another run may get tomorrow."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.document import edits, splicing
from journal.errors import EntryError, SourceError
from journal.model.entry import Handle
from journal.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.model.entry import Entry, RunRef
    from journal.model.finding import Fix
    from journal.model.run import RunHead


def _by_name(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        for index, ref in enumerate(entry.front_matter.runs):
            head = _named(scene, ref)
            if head is not None:
                yield rule.finding(
                    entry.path,
                    f"{ref.id!r} is {_kind(ref.id.strip(), head)}, and the run's id is {head.id}",
                    place=scene.at(entry, "runs", index, "id"),
                    hint=f"write `id: {head.id}`: another run can answer to {ref.id!r} tomorrow",
                    fix=_fix(scene, entry, index, head),
                )


def _named(scene: Scene, ref: RunRef) -> RunHead | None:
    """The run that a reference names by nothing but a word that is not its id."""
    with suppress(SourceError):
        head = scene.sources.find(ref.id)
        text = ref.id.strip()
        is_place = head.place.rstrip("/").rpartition("/")[2] == text or "/" in text or ":" in text
        if head.id != text and not is_place:
            return head
    return None


def _kind(text: str, head: RunHead) -> str:
    if head.name == text:
        return "the name of a run"
    return "the beginning of an id" if head.id.startswith(text) else "a tag of a run"


def _fix(scene: Scene, entry: Entry, index: int, head: RunHead) -> Fix | None:
    """The id in place of the name; the name stays as the handle that tables and citations use."""
    return scene.fix(entry, f"write the id {head.id}", partial(_with_id, entry=entry, index=index, head=head))


def _with_id(raw: bytes, entry: Entry, index: int, head: RunHead) -> bytes:
    ref = entry.front_matter.runs[index]
    item: tuple[str | int, ...] = ("runs", index)
    node = splicing.read(raw, entry.path).find(item)
    if node is None or (ref.alias is None and not _is_handle(ref.id)):
        raise EntryError("cannot go on being called by its name", path=entry.path)
    if isinstance(node.value, str):
        return edits.set_value(raw, entry.path, item, {"id": head.id, "as": ref.id})
    new = edits.set_value(raw, entry.path, (*item, "id"), head.id)
    return new if ref.alias is not None else edits.set_value(new, entry.path, (*item, "as"), ref.id)


def _is_handle(text: str) -> bool:
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(Handle).validate_python(text)
    except ValidationError:
        return False
    return True


RULES = (Rule("REF007", Severity.WARNING, "a run that is not called by its id", _by_name, own=True, fixable=True),)
