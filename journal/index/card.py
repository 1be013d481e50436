"""What a catalogue knows of an entry: its front matter and the metrics that it asks for, as JSON can hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from journal.errors import JournalError

if TYPE_CHECKING:
    from journal.model.entry import FrontMatter


@dataclass(frozen=True)
class Card:
    """One entry, as a catalogue knows it.

    Attributes:
        path: Its file, relative to the journal, with forward slashes.
        id: Its id.
        matter: Its front matter as JSON: every field with a value, by the name that it has in the file. Empty if the
            file is no entry.
        metrics: The metrics that its blocks, cited values and predictions ask for.
        cited: The runs of its cited values, as written: handles, or any run reference.
        promises: Whether it has blocks, cited values or predictions.
        problem: Why the file is no entry, as JSON; None if it is one.
    """

    path: str
    id: str
    matter: dict[str, Any] = field(default_factory=dict)
    metrics: list[str] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    promises: bool = False
    problem: dict[str, Any] | None = None

    @property
    def title(self) -> str:
        """The entry's title; its id, if the file is no entry."""
        return str(self.matter.get("title", self.id))

    @cached_property
    def front_matter(self) -> FrontMatter:
        """The front matter; only of an entry that has no problem."""
        from journal.model.entry import FrontMatter

        return FrontMatter.model_validate(self.matter)

    @property
    def error(self) -> JournalError | None:
        """Why the file is no entry."""
        if self.problem is None:
            return None
        said = dict(self.problem)
        kind = _errors()[said.pop("code")]
        return kind(said.pop("message"), **said)


def _errors() -> dict[str, type[JournalError]]:
    """Every class of errors by its code."""
    kinds = [JournalError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.code: kind for kind in reversed(kinds)}
