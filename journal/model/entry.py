"""An entry: its front matter, sections and generated blocks."""

from __future__ import annotations

import re
import reprlib
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from journal.model.base import Frozen
from journal.model.life import (
    Author,
    Correction,
    Imported,
    Outcome,
    Review,
    Status,
    Update,
    Word,
    Words,
    keyed,
    listed,
)
from journal.model.when import EXAMPLE, When


class Role(StrEnum):
    """A run's part in an entry's comparison."""

    BASELINE = "baseline"
    CANDIDATE = "candidate"
    REFERENCE = "reference"


COMPARED_WITH = frozenset({Role.BASELINE, Role.REFERENCE})
"""Roles of runs that an entry only compares with: they are the matter of another one."""


def _form(pattern: str, words: str) -> AfterValidator:
    """Text of one form; `words` say which."""

    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(f"{reprlib.repr(value)} is not {words}")
        return value

    return AfterValidator(check)


Sha = Annotated[str, _form(r"[0-9a-fA-F]{4,64}", "a commit: 4 to 64 hex digits")]
Handle = Annotated[str, _form(r"[A-Za-z_][A-Za-z0-9_.-]*", "a handle: a letter, then letters, digits, `_`, `.` or `-`")]


class CommitRef(Frozen):
    """A commit that an entry is about."""

    sha: Sha
    """Full or abbreviated object name."""
    note: str | None = None
    """What the commit did, in the entry's words."""
    became: Sha | None = None
    """The commit that took its place when history was rewritten."""
    origin: Word | None = None
    """The repository that it lies in, where that is another one: the address of its remote, without `.git`."""


class RunRef(Frozen):
    """A run that an entry is about."""

    id: Word
    """Run reference: bare id, `entity/project/id`, URL or folder."""
    alias: Handle | None = Field(default=None, alias="as")
    """Short name that the entry's tables use."""
    role: Role | None = None
    """Its part in the comparison."""
    label: str | None = None
    """Name for people."""

    @property
    def handle(self) -> str:
        """The name that tables use: the alias, or the reference itself."""
        return self.alias or self.id


class Prediction(Frozen):
    """An expectation written before the run."""

    claim: Word
    """What is expected, in words."""
    expect: Word
    """The same as an expression with a threshold."""


def _unexplained(value: object) -> object:
    """A code or a list of them stands for codes without a reason."""
    names = listed(value)
    plain = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    return dict.fromkeys(names) if plain else value  # type: ignore[call-overload]


class FrontMatter(BaseModel):
    """What an entry says about itself. Fields that nobody knows are kept in `model_extra` and found by `check`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    title: Word
    """The entry's title."""
    created: When
    """When the entry was written, with an offset from UTC; only an imported note may leave that unknown."""
    authors: Annotated[tuple[Annotated[Author, keyed("name")], ...], BeforeValidator(listed)] = ()
    """Who wrote it, people and agents alike."""
    status: Status | None = None
    """Where the work stands."""
    outcome: Outcome | None = None
    """What came of it."""
    template: Word | None = None
    """The template it was written from, if not the default one; the expected sections are the default one's."""
    tags: Words = ()
    """Words to find it by."""
    commits: tuple[Annotated[CommitRef, keyed("sha")], ...] = ()
    """The commits it is about."""
    runs: tuple[Annotated[RunRef, keyed("id")], ...] = ()
    """The runs it is about."""
    files: Words = ()
    """The files that it touched."""
    predictions: tuple[Prediction, ...] = ()
    """Expectations written before the run."""
    follows: Words = ()
    """Ids of entries that this one continues."""
    results_of: Words = ()
    """Ids of entries whose results stand here."""
    supersedes: Words = ()
    """Ids of entries that this one replaces."""
    invalidates: Words = ()
    """Ids of entries whose conclusions no longer hold."""
    related: Words = ()
    """Ids of entries worth reading beside this one."""
    updates: tuple[Update, ...] = ()
    """What was added to it later, in order."""
    corrections: tuple[Correction, ...] = ()
    """Values of it that were wrong."""
    reviews: tuple[Review, ...] = ()
    """What those found who looked again."""
    imported: Imported | None = None
    """Where it came from, if it was a note elsewhere."""
    ignore: Annotated[dict[Word, str | None], BeforeValidator(_unexplained)] = Field(default_factory=dict)
    """Codes of rules that `check` shall not apply to it, each with the reason; it asks for a reason where none is."""

    @model_validator(mode="after")
    def _created_at_a_moment(self) -> Self:
        if self.created.offset is None and self.imported is None:
            shown = reprlib.repr(self.created.text)
            said = f"{shown} has no offset from UTC; write it like {EXAMPLE}"
            raise PydanticCustomError("no_offset", "{said}", {"said": said, "field": "created"})
        return self

    @property
    def last_update(self) -> Update | None:
        """The update that was written last."""
        return max(reversed(self.updates), key=lambda update: update.at.moment, default=None)

    @property
    def unknown(self) -> dict[str, Any]:
        """Fields that the journal does not know."""
        return self.model_extra or {}


RELATIONS = ("follows", "results_of", "supersedes", "invalidates", "related")
"""The fields that name other entries."""

BUILDING = ("follows", "results_of")
"""The relations by which one entry builds on another."""

REPLACING = ("supersedes", "invalidates")
"""The relations by which one entry takes the place of another."""


class Section(Frozen):
    """A level-2 heading and its text."""

    heading: str
    """Text of the heading."""
    line: int
    """Line of the heading, from 1."""
    text: str
    """Everything below the heading, up to the next section."""


class Block(Frozen):
    """A generated region between two HTML-comment markers."""

    kind: str
    """What it shows: `table` or `runs`."""
    name: str
    """Its name, unique within the entry; `table-2` for the second unnamed table."""
    line: int
    """Line of the opening marker, from 1."""
    spec: str
    """What the opening marker asks for, as YAML."""
    spec_line: int
    """Line on which the spec starts."""
    body: str
    """The text between the markers, with line feeds."""
    recorded: str | None = None
    """The sum that the closing marker carries; None before the first fill."""
    digest: str
    """The sum of the text that stands there now."""

    @property
    def edited(self) -> bool:
        """Whether the text between the markers is not what the tool wrote; an emptied block waits to be filled."""
        return bool(self.body.strip()) and self.recorded != self.digest

    @property
    def filled(self) -> bool:
        """Whether text of the tool's stands between the markers."""
        return self.recorded is not None and bool(self.body.strip())


class CitedValue(Frozen):
    """One number in running text, kept by a link to its expression."""

    run: str
    """The run: a handle of the entry, or any run reference."""
    expression: str
    """Which number of it, as the link's title spells it."""
    text: str
    """What stands between the brackets, as written."""
    line: int
    """Line of the opening bracket, from 1."""
    column: int
    """Column of the opening bracket in characters, from 1."""


class Entry(Frozen):
    """One note of the journal."""

    id: str
    """Stem of the file's name, `YYYY-MM-DD-slug`."""
    path: str
    """File, relative to the journal, with forward slashes."""
    front_matter: FrontMatter
    """What it says about itself."""
    sections: tuple[Section, ...] = ()
    """Its level-2 sections, in order."""
    blocks: tuple[Block, ...] = ()
    """Its generated blocks, in order."""
    citations: tuple[CitedValue, ...] = ()
    """The values cited in its text, in order."""

    @property
    def title(self) -> str:
        """The entry's title."""
        return self.front_matter.title

    @property
    def citation_names(self) -> tuple[str, ...]:
        """For each cited value the name that its evidence has; values of the same run and expression share one."""
        return tuple(f"{cited.run} {cited.expression}" for cited in self.citations)
