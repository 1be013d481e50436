"""The runs that a note names, told apart from commits, sums, colours and ordinary words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from journal.imports.readers import run_labels
from journal.imports.readers.interface import CitedRun, Confidence, Fact
from journal.imports.readers.mentions import RUN_FOLDER, URL, Cue, Mention, column_cue, column_names_ids, mentions
from journal.imports.readers.outline import blocks
from journal.sources.reference import is_url, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.readers.known import Known
    from journal.imports.readers.page import Page

_ID = re.compile(r"(?=[0-9]*[a-z])(?=[a-z]*[0-9])[a-z0-9]{8}")  # as W&B draws them
_SCATTERED = re.compile(r"[0-9][a-z]")  # what names such as resnet50 and cifar100 have not
_OWN_ID = re.compile(r"(?!--)[A-Za-z0-9][A-Za-z0-9_.-]{2,127}")
_FILE = re.compile(r"\.(?:py|sh|ya?ml|json|toml|md|txt|csv|ipynb|log|pt|ckpt|wandb|sbatch)$")
_MAYBE_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_TRACKER = re.compile(r"\bw&b\b|wandb|weights\s*(?:&|and)\s*biases", re.IGNORECASE)
_RUN_LIST = re.compile(
    r"(?:.*\b)?(?:w&b |wandb )?runs?(?: ids?)?(?: (?:compared|used|cited))?|.*(?:运行|实验)(?:列表|ID)?", re.IGNORECASE
)
_COMPARISON = re.compile(
    r"\b(?:compar(?:e|ed|ing|ison)|baselines?|references?|versus|vs)\b|对比|比较|基线", re.IGNORECASE
)
_LETTERS = re.compile(r"[a-z]{8}")  # one in fourteen of W&B's ids has no digit
_BRACKETED_ID = re.compile(
    r"^[`*_\s]*[(（]\s*(?:(?:w&b|wandb)(?:\s+(?:run|id))*\s*[:：]?\s*)?[`*_]*(?=[a-z0-9]{8}[`*_]*\s*[)）])",
    re.IGNORECASE,
)
_SHORTEST_BARE = 6
_ORDER = (Confidence.STATED, Confidence.LIKELY, Confidence.POSSIBLE)


@dataclass(frozen=True)
class _Claim:
    """A word taken for a run: how sure, by what, and where."""

    reference: str
    mention: Mention
    confidence: Confidence
    source: str

    @property
    def id(self) -> str:
        address = parse_address(self.reference)
        return address.id if address else self.reference


def runs(page: Page, known: Known) -> list[Fact[CitedRun]]:
    """The runs that a note names, in the order in which it does.

    A W&B id looks like many other words, so it takes more than its looks: a cue in front of it ("W&B run:", "run id"),
    the head of its column, a list of runs, a run folder, an address of the web, or a run that is known.

    Args:
        page: The note.
        known: What is known outside of it.

    Returns:
        One fact per run. What only may be a run is `POSSIBLE`, or `LIKELY` if a weak cue says so.
    """
    return _Runs(page, known).facts()


class _Runs:
    def __init__(self, page: Page, known: Known) -> None:
        self.known = known
        self.blocks = blocks(page)
        self.tracked = _TRACKER.search(page.text) is not None
        self.words = mentions(page)

    @cached_property
    def commits(self) -> set[str]:
        """The words that the repository knows for commits."""
        asked = sorted({word.text for word in self.words if _MAYBE_COMMIT.fullmatch(word.text)})
        return {sha for sha, full in self.known.commits(asked).items() if full} if asked else set()

    def facts(self) -> list[Fact[CitedRun]]:
        claims: dict[str, list[_Claim]] = {}
        for claim in self._claims():
            claims.setdefault(claim.id, []).append(claim)
        described = self._described(set(claims))
        return [self._fact(run_id, found, described.get(run_id, [])) for run_id, found in claims.items()]

    @staticmethod
    def _fact(run_id: str, claims: list[_Claim], described: list[run_labels.Naming]) -> Fact[CitedRun]:
        best = min(claims, key=lambda claim: _ORDER.index(claim.confidence))
        reference = next((claim.reference for claim in claims if claim.reference != run_id), run_id)
        role = next((naming.role for naming in described if naming.role), None)
        label = next((naming.label for naming in described if naming.label), None)
        return Fact(CitedRun(reference, role, label), best.source, best.mention.line, best.confidence)

    def _described(self, ids: set[str]) -> dict[str, list[run_labels.Naming]]:
        """What the note says of each run, at each place where it names it."""
        found: dict[str, list[run_labels.Naming]] = {}
        for mention in (*self.words, *self._addressed()):
            run_id = self._as_run(mention.text)
            if run_id in ids and mention.cue not in {Cue.COMMIT, Cue.OTHER}:
                found.setdefault(run_id, []).append(run_labels.naming(mention))
        return found

    def _as_run(self, text: str) -> str:
        address = parse_address(text)
        return self.known.runs.get(text) or (address.id if address else text)

    def _claims(self) -> Iterator[_Claim]:
        """Everything taken for a run, line by line."""
        found = [*self._by_address(), *(claim for word in self.words for claim in self._by_word(word))]
        yield from sorted(found, key=lambda claim: claim.mention.place)

    def _addressed(self) -> Iterator[Mention]:
        """Run folders and addresses of the web."""
        for block in self.blocks:
            text = block.text
            for pattern in (RUN_FOLDER, URL):
                for found in pattern.finditer(text):
                    name = found["id"] if pattern is RUN_FOLDER else found[0].rstrip(".,:;!?*_")
                    yield Mention.at(block, found.span(), name)

    def _by_address(self) -> Iterator[_Claim]:
        for mention in self._addressed():
            if not is_url(mention.text):
                yield _Claim(mention.text, mention, Confidence.STATED, "run folder")
                continue
            address = parse_address(mention.text)
            host = mention.text.split("/")[2]
            if address is not None and ("wandb" in host or address.id in self.known.runs):
                yield _Claim(_reference(mention.text), mention, Confidence.STATED, "address of the run")

    def _by_word(self, word: Mention) -> Iterator[_Claim]:
        if _FILE.search(word.text) or word.cue in {Cue.COMMIT, Cue.OTHER}:
            return
        cue = word.cue if word.cue is not Cue.NONE else _column(word)
        judged = self._known(word, cue) or self._cued(word, cue) or self._listed(word) or self._looks(word)
        if judged is not None:
            confidence, source = judged
            if word.denied:
                confidence, source = Confidence.POSSIBLE, "a run that is not meant"
            yield _Claim(self.known.runs.get(word.text, _reference(word.text)), word, confidence, source)

    def _known(self, word: Mention, cue: Cue) -> tuple[Confidence, str] | None:
        """Judged by the runs that are known."""
        text = self._as_run(word.text)
        if text not in self.known.runs:
            return None
        cued = cue in {Cue.RUN, Cue.RUN_ID, Cue.TO_RUN}
        if word.text in self.commits and not cued:
            return Confidence.POSSIBLE, "known as a run and as a commit"
        mixed = any(map(str.isdigit, word.text)) and any(map(str.isalpha, word.text))
        if word.ticked or cued or (mixed and len(word.text) >= _SHORTEST_BARE):
            return Confidence.STATED, "known run"
        return None

    def _cued(self, word: Mention, cue: Cue) -> tuple[Confidence, str] | None:
        """Judged by the words in front of it, or by its column's head."""
        text = word.text
        if "/" in text:
            return _slashed(text, cue)
        if cue is Cue.RUN_ID:
            return _surely_cued(word)
        if cue is Cue.RUN:
            return _cued_by_run(word)
        if cue is Cue.TO_RUN and _ID.fullmatch(text) and text not in self.commits:
            sure = _SCATTERED.search(text) and not _MAYBE_COMMIT.fullmatch(text)
            return (Confidence.STATED if sure else Confidence.LIKELY), "word `run` before it"
        return None

    def _listed(self, word: Mention) -> tuple[Confidence, str] | None:
        """Judged by the list that it stands in, or by what it is called there."""
        if not _ID.fullmatch(word.text) or word.text in self.commits or not run_labels.heads(word):
            return None
        lead = word.block.lead.strip(" :：") if word.block.is_item else ""
        if _RUN_LIST.fullmatch(lead):
            return Confidence.STATED, f"list under “{lead}”"
        named = run_labels.naming(word)
        compared = _COMPARISON.search(lead) is not None or named.role is not None
        if not (compared and (named.label or named.role) and _SCATTERED.search(word.text)):
            return None
        sure = self.tracked and not _MAYBE_COMMIT.fullmatch(word.text)
        return (Confidence.STATED if sure else Confidence.LIKELY), "named among what is compared"

    def _looks(self, word: Mention) -> tuple[Confidence, str] | None:
        """Judged by nothing but its looks."""
        if not (word.ticked and _ID.fullmatch(word.text)) or word.text in self.commits:
            return None
        either = _MAYBE_COMMIT.fullmatch(word.text) is not None
        if either or (self.tracked and _SCATTERED.search(word.text)):
            return Confidence.POSSIBLE, "looks like a run or a commit" if either else "looks like a run"
        return None


def _column(word: Mention) -> Cue:
    """What the head of a cell's column says of a word that fills the cell, alone or with its like."""
    if not word.block.column or not run_labels.fills(word):
        return Cue.NONE
    return column_cue(word.block.column)


def _surely_cued(word: Mention) -> tuple[Confidence, str] | None:
    """Behind "W&B run" or "run id" any word between ticks is an id, and a bare one that looks like one.

    A word that is followed by an id in brackets is that run's name.
    """
    if not _OWN_ID.fullmatch(word.text) or _BRACKETED_ID.match(word.after):
        return None
    column = word.block.column if word.cue is Cue.NONE else ""
    source = f"column `{column}`" if column else "cue before it"
    if _ID.fullmatch(word.text) or (_LETTERS.fullmatch(word.text) and (word.ticked or column_names_ids(column))):
        return Confidence.STATED, source
    own = not word.text.isdigit() if column or not word.ticked else True
    mixed = any(map(str.isdigit, word.text)) or (word.ticked and not column)
    return (Confidence.STATED if own and mixed else Confidence.LIKELY), source


def _cued_by_run(word: Mention) -> tuple[Confidence, str] | None:
    """Behind a mere "run" a word must look like an id of W&B's."""
    source = f"column `{word.block.column}`" if word.block.column and word.cue is Cue.NONE else "word `run` before it"
    if _ID.fullmatch(word.text):
        return Confidence.STATED, source
    digits = any(map(str.isdigit, word.text)) and not word.text.isdigit()
    own = word.ticked and _OWN_ID.fullmatch(word.text) and digits
    return (Confidence.LIKELY, source) if own else None


def _slashed(text: str, cue: Cue) -> tuple[Confidence, str] | None:
    """`entity/project/id`: a path looks the same, so that a cue is needed, and an id's looks behind a weak one."""
    address = parse_address(text)
    if address is None or address.entity is None or cue not in {Cue.RUN, Cue.RUN_ID}:
        return None
    if cue is Cue.RUN_ID or _ID.fullmatch(address.id):
        return Confidence.STATED, "cue before it"
    return None


def _reference(text: str) -> str:
    """A run's id or address as journals write it."""
    address = parse_address(text)
    return f"{address.entity}/{address.project}/{address.id}" if address and address.entity else text
