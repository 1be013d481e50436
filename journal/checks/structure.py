"""Rules about the shape of an entry: can it be read, is anything misspelt, missing or misnamed."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.document import original
from journal.document.document import loose_links
from journal.model.entry import FrontMatter
from journal.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene

_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[^\s/]+")


def _unreadable(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for error in scene.problems:
        place = None if error.line is None else (error.line, error.column or 1)
        yield rule.finding(str(error.path), error.message, place=place, hint=error.hint)


def _unnamed(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for error in scene.journal.unnamed:
        yield rule.finding(str(error.path), error.message, hint=error.hint)


def _unknown_field(rule: Rule, scene: Scene) -> Iterator[Finding]:
    known = list(FrontMatter.model_fields)
    for entry in scene.entries:
        for name in entry.front_matter.unknown:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
            yield rule.finding(entry.path, f"unknown field {name!r}", place=scene.at(entry, name), hint=hint)


def _misnamed(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        if not _ID.fullmatch(entry.id):
            yield rule.finding(
                entry.path, f"{entry.id!r} is not named YYYY-MM-DD-slug", hint="rename the file; its stem is the id"
            )


def _missing_section(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Of entries from the default template alone: another one has other sections, and an imported note its own."""
    for entry in scene.entries:
        matter = entry.front_matter
        if matter.template is not None or matter.imported is not None:
            continue
        present = {section.heading.casefold() for section in entry.sections}
        missing = [name for name in scene.journal.config.settings.sections if name.casefold() not in present]
        if missing:
            hint = "add `## " + missing[0] + "`, or set `sections` in the configuration"
            yield rule.finding(entry.path, f"no section {', '.join(missing)}", hint=hint)


def _not_utf8(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        raw = scene.raw(entry)
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            hint = "save the file as UTF-8"
            if original.holds(raw, entry.front_matter, line):
                hint = "remove this entry and take its note in again with `journal import --repair`"
            yield rule.finding(entry.path, "is not UTF-8", place=(line, 1), hint=hint)


def _loose_link(rule: Rule, scene: Scene) -> Iterator[Finding]:
    hint = 'write it like [TBD](run:REF "last(train/loss)"), or in code'
    for entry in scene.entries:
        raw = scene.raw(entry)
        suspicious = raw.count(b"run:") > len(entry.citations)  # each link to a run says so, loose or not
        for link in loose_links(raw, entry.path) if suspicious else ():
            if original.holds(raw, entry.front_matter, link.line):
                continue  # nothing there is ever filled
            place = (link.line, link.column)
            yield rule.finding(entry.path, f"a run link that is not filled: {link.why}", place=place, hint=hint)


def _same_id(rule: Rule, scene: Scene) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for path in scene.journal.paths:
        stem = path.rpartition("/")[2].removesuffix(".md")
        if stem in first and path in scene.paths:
            yield rule.finding(path, f"has the same id as {first[stem]}", hint="rename one of the two files")
        first.setdefault(stem, path)


RULES = (
    Rule(
        "DOC001",
        Severity.ERROR,
        "the entry cannot be read",
        _unreadable,
        own=True,
        across=_unnamed,
        ignorable=False,
    ),
    Rule("DOC002", Severity.WARNING, "a front-matter field that the journal does not know", _unknown_field, own=True),
    Rule("DOC003", Severity.WARNING, "a file name that is not YYYY-MM-DD-slug", _misnamed, own=True),
    Rule("DOC004", Severity.WARNING, "an expected section is missing", _missing_section, own=True),
    Rule("DOC005", Severity.WARNING, "the text is not UTF-8", _not_utf8, own=True),
    Rule("DOC006", Severity.ERROR, "two entries have the same id", _same_id),
    Rule("DOC007", Severity.WARNING, "a run link that is no cited value", _loose_link, own=True),
)
