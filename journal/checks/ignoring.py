"""Findings that an entry asks to ignore, each with a reason; and the two rules about such wishes."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from journal.checks.interface import Rule
from journal.document import original
from journal.document.document import ignores
from journal.document.ignores import WORD
from journal.model.finding import Finding, Fix, Severity
from journal.tables.record import path_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from journal.checks.interface import Scene
    from journal.model.entry import Entry
    from journal.revisions import Repository

_EXPLAINED = "write why: `<!-- journal:ignore {code}: REASON -->`, or `ignore: {{{code}: REASON}}` in the front matter"
# What rests on the files of the journal alone, and can be looked for wherever they are.
_ON_FILES = ("DOC", "LIF")
# What rests on commits, which a shallow clone does not have.
_ON_HISTORY = ("COM", "DAT", "REF")


class Wish(NamedTuple):
    """One code that an entry asks to ignore.

    Attributes:
        code: As written; empty where none is named.
        reason: Why; empty where none is given.
        place: Line and column.
        last: The last line that it speaks of; None for the whole entry.
        cut: First byte and the one behind the last of what can be taken out of the file, if nothing else is said there.
    """

    code: str
    reason: str
    place: tuple[int, int]
    last: int | None
    cut: tuple[int, int] | None = None

    def covers(self, finding: Finding, entry: Entry) -> bool:
        """Whether a finding on an entry, or on its evidence, is one that it speaks of."""
        if finding.code != self.code:
            return False
        if self.last is None:
            return True
        return finding.path == entry.path and finding.line is not None and self.place[0] <= finding.line <= self.last


def wishes(scene: Scene, entry: Entry) -> list[Wish]:
    """What an entry asks to ignore; a comment among the words of an imported note was not meant for us."""
    matter = entry.front_matter
    found = [
        Wish(code, (reason or "").strip(), scene.at(entry, "ignore", code), None)
        for code, reason in matter.ignore.items()
    ]
    if any(WORD in piece for piece in scene.journal.document(entry.path).author):
        raw = scene.raw(entry)
        for each in ignores(raw, entry.path):
            if not original.holds(raw, matter, each.line):
                place = each.line, each.column
                cut = each.cut if len(each.codes) == 1 else None
                found += [Wish(code, each.reason, place, each.last, cut) for code in each.codes or ("",)]
    return found


class Ignoring:
    """The wishes of the entries of a scene, as far as they are good, and what comes of them.

    Args:
        scene: The entries.
        rules: The rules, by code.
    """

    def __init__(self, scene: Scene, rules: Mapping[str, Rule]) -> None:
        self._scene = scene
        self._entries = {entry.path: entry for entry in scene.entries if _may_wish(scene, entry)}
        self._wishes = {
            path: [wish for wish in wishes(scene, entry) if wish.reason and _is_ignorable(wish.code, rules)]
            for path, entry in self._entries.items()
        }
        config = scene.journal.config
        self._owners = {config.relative(path_at(path, config)): path for path in self._entries}

    def marked(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings, each with the reason why it is to be ignored, if it is."""
        return [self._marked(finding) for finding in findings] if self._wishes else list(findings)

    def _marked(self, finding: Finding) -> Finding:
        path = self._owners.get(finding.path, finding.path)
        for wish in self._wishes.get(path, ()):
            if wish.covers(finding, self._entries[path]):
                return finding.model_copy(update={"ignored": wish.reason})
        return finding

    def idle(self, rule: Rule, findings: Sequence[Finding], asked: Callable[[str], bool]) -> Iterator[Finding]:
        """What is wished for and does nothing: `rule` tells it, of the codes that `asked` says were looked for."""
        for path, entry in self._entries.items():
            ours = [finding for finding in findings if self._owners.get(finding.path, finding.path) == path]
            for wish in self._wishes[path]:
                if asked(wish.code) and not any(wish.covers(finding, entry) for finding in ours):
                    where = "in this entry" if wish.last is None else "here"
                    said = f"there is no {wish.code} to ignore {where}"
                    hint = "take it out, so that a later one is told"
                    yield rule.finding(path, said, place=wish.place, hint=hint, fix=self._without(entry, wish))

    def _without(self, entry: Entry, wish: Wish) -> Fix | None:
        if wish.cut is None:
            return None
        start, end = wish.cut
        return self._scene.fix(entry, "take out the ignore of nothing", lambda raw: raw[:start] + raw[end:])


def _may_wish(scene: Scene, entry: Entry) -> bool:
    document = scene.journal.document(entry.path)
    return bool(entry.front_matter.ignore) or any(WORD in piece for piece in document.author)


def _is_ignorable(code: str, rules: Mapping[str, Rule]) -> bool:
    return code in rules and rules[code].ignorable


def was_looked_for(scene: Scene, code: str) -> bool:
    """Whether a rule about the one entry of a scene had all that it goes by: its runs, and git."""
    if code.startswith(_ON_FILES):
        return True
    refs = [ref.id for entry in scene.entries for ref in entry.front_matter.runs]
    missing = any(scene.failure(reference) for reference in refs)
    if scene.repository is None or missing or any(brief.unreached for brief in scene.briefs()):
        return False
    return not code.startswith(_ON_HISTORY) or not _is_shallow(scene.repository)


def _is_shallow(repository: Repository) -> bool:
    history = repository.ancestry
    return any(map(history.is_cut, history.shas))


def rules(known: Callable[[], Mapping[str, Rule]]) -> tuple[Rule, Rule]:
    """The two rules about what entries ask to ignore.

    Args:
        known: Gives all rules by code.
    """

    def unexplained(rule: Rule, scene: Scene) -> Iterator[Finding]:
        for entry in scene.entries:
            for wish in wishes(scene, entry) if _may_wish(scene, entry) else ():
                wrong = _wrong(wish, known())
                if wrong is not None:
                    yield rule.finding(entry.path, wrong[0], place=wish.place, hint=wrong[1])

    return (
        Rule(
            "DOC008",
            Severity.WARNING,
            "an ignore without a reason, or of no rule",
            unexplained,
            own=True,
            ignorable=False,
        ),
        # Whether it holds shows only when all others have looked: `look` and `across` of checks.check ask for it.
        Rule(IDLE, Severity.WARNING, "an ignore of nothing", lambda *_: (), own=True, fixable=True, ignorable=False),
    )


IDLE = "DOC009"


def _wrong(wish: Wish, known: Mapping[str, Rule]) -> tuple[str, str] | None:
    """What is wrong with a wish, and what to do about it."""
    if not wish.code:
        return "an ignore that names no rule", _EXPLAINED.format(code="CODE")
    if wish.code not in known:
        close = get_close_matches(wish.code.upper(), known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`journal check --rules` lists them"
        return f"an ignore of {wish.code!r}, which is no rule", hint
    if not known[wish.code].ignorable:
        return f"{wish.code} cannot be ignored in an entry", "mend it, or leave it out with `--ignore`"
    if not wish.reason:
        return f"an ignore of {wish.code} without a reason, so it is not ignored", _EXPLAINED.format(code=wish.code)
    return None
