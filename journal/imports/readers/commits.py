"""The commits that a note names, each with what the note says that it did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from journal.imports.readers.interface import CitedCommit, Confidence, Fact
from journal.imports.readers.mentions import COMMAND, URL, Cue, Mention, column_cue, mentions
from journal.imports.readers.outline import blocks, plain
from journal.imports.readers.run_labels import fills

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.imports.readers.known import Known
    from journal.imports.readers.outline import Block
    from journal.imports.readers.page import Page

_SHA = re.compile(r"[0-9a-fA-F]{7,40}")
_HEX_WORD = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{7,40}(?![0-9a-fA-F])")
_SHORTEST = 7
_ADDRESS = re.compile(
    r"/(?P<repository>[^/]+/[^/]+)/(?:-/)?(?:commit|pull/\d+/commits|commits)/(?P<sha>[0-9a-f]{7,40})(?![0-9a-f])"
)
_DIRTY = re.compile(r"-dirty$")
_POWER = re.compile(r"\d+[eE]\d+")  # 1e10000 is a number
_LIST = re.compile(r"(?:.*\b)?(?:commits?|revisions?)(?: \S+)?|.*提交(?:记录|历史)?", re.IGNORECASE)
_SUMMARY = re.compile(r"messages?|subject|description|summary|changes?|what.*|说明|描述|内容|改动|信息", re.IGNORECASE)
_BRACKETED = re.compile(
    r"^[`*_\s\])）]*+(?:\([^()\s]*://[^()\s]*\))?[`*_\s]*+[(（](?P<note>(?:[^()（）]|\([^()]*\)|（[^（）]*）)+)[)）]"
)
_DASHED = re.compile(r"^[`*_\s\]]*(?:\([^()\s]*://[^()\s]*\))?[`*_\s]*(?:[:：]|—|–|-)\s+(?P<note>\S.*)$")
_WORDLESS = re.compile(r"[\d\s:/.,+-]*|HEAD|head|latest|current|see .*|main|master", re.IGNORECASE)
_LAST = re.compile(r"^[`*_\s)\]）.。]*$")
_SENTENCE = re.compile(r"(?<=[.;!?])\s|[。；！？]")
_PLACES = (
    r"(?:hub|hugging\s?face|docker|container\s+images?|upstream(?:['’]s)?|sub-?modules?|third[- ]party|vendored"
    r"|镜像|上游|子模块)"
)
# Places whose commits are not this repository's, before the word and behind it.
_ELSEWHERE = re.compile(rf"(?<![\w/.-]){_PLACES}(?![\w/.-])", re.IGNORECASE)
_OF_ELSEWHERE = re.compile(rf"\W*(?:of|from|in|on)\s+(?:the\s+|our\s+|its\s+)?{_PLACES}(?![\w/-])", re.IGNORECASE)
_ORDER = (Confidence.STATED, Confidence.LIKELY, Confidence.POSSIBLE)


@dataclass(frozen=True)
class _Claim:
    sha: str
    mention: Mention
    confidence: Confidence
    source: str
    note: str | None = None


def shas(page: Page) -> frozenset[str]:
    """Every word of a note that may be a commit's name, so that a repository can be asked for many notes at once.

    Words of code are among them: the note itself is read only once it is its turn.
    """
    return frozenset(_HEX_WORD.findall(page.text))


def commits(page: Page, known: Known, runs: Iterable[str]) -> list[Fact[CitedCommit]]:
    """The commits that a note names, in the order in which it does.

    Args:
        page: The note.
        known: What is known outside of it.
        runs: Ids of the runs that it states; they are no commits unless the note calls them so.

    Returns:
        One fact per commit. A hex word that nothing calls a commit and no repository knows is only `POSSIBLE`.
    """
    return _Commits(page, known, runs).facts()


class _Commits:
    def __init__(self, page: Page, known: Known, runs: Iterable[str]) -> None:
        self.known = known
        self.runs = {run.rpartition("/")[2] for run in runs}
        self.blocks = blocks(page)
        self.words = mentions(page)

    @cached_property
    def full(self) -> Mapping[str, str | None]:
        """The full sha of every word that the repository knows."""
        asked = sorted(
            {sha for word in self.words for sha in _shas(word.text)} | {sha for sha, _ in _linked(self.blocks)}
        )
        return self.known.commits(asked) if asked else {}

    def facts(self) -> list[Fact[CitedCommit]]:
        groups: list[list[_Claim]] = []
        begun: dict[str, list[list[_Claim]]] = {}  # groups by the first digits of their commit
        for claim in sorted(self._claims(), key=lambda claim: claim.mention.place):
            alike = begun.setdefault((self.full.get(claim.sha) or claim.sha)[:_SHORTEST], [])
            same = next((group for group in alike if self._same(group[0].sha, claim.sha)), None)
            if same is None:
                alike.append(same := [])
                groups.append(same)
            same.append(claim)
        return [_fact(group) for group in groups]

    def _same(self, one: str, other: str) -> bool:
        one, other = self.full.get(one) or one, self.full.get(other) or other
        return one.startswith(other) or other.startswith(one)

    def _claims(self) -> Iterator[_Claim]:
        for sha, mention in _linked(self.blocks):
            sure = Confidence.STATED if self.full.get(sha) else Confidence.LIKELY
            yield _Claim(sha, mention, sure, f"link to a commit of {mention.text}", _note(mention))
        for word in self.words:
            for sha in _shas(word.text):
                judged = self._judged(sha, word)
                if judged is not None:
                    yield _Claim(sha.lower(), word, *judged, _note(word))

    def _of_another(self, sha: str, word: Mention) -> bool:
        if word.denied:
            return True
        sentence = _SENTENCE.split(plain(word.before))[-1]
        return not self.full.get(sha) and bool(_ELSEWHERE.search(sentence) or _OF_ELSEWHERE.match(plain(word.after)))

    def _judged(self, sha: str, word: Mention) -> tuple[Confidence, str] | None:
        cue = word.cue
        if cue is Cue.NONE and word.block.column and fills(word):
            cue = column_cue(word.block.column)
        if cue is Cue.COMMIT or COMMAND.fullmatch(word.text):
            if self._of_another(sha, word):
                return Confidence.POSSIBLE, "a commit of something else, or one that is not meant"
            source = f"column `{word.block.column}`" if word.cue is not cue else "word `commit` before it"
            return Confidence.STATED, source
        if cue in {Cue.RUN, Cue.RUN_ID, Cue.OTHER} or sha in self.runs:
            return None
        if _listed(word):
            return Confidence.STATED, f"list under “{word.block.lead.strip(' :：')}”"
        return None if sha.isdigit() or _POWER.fullmatch(sha) else self._looks(sha, word)

    def _looks(self, sha: str, word: Mention) -> tuple[Confidence, str] | None:
        if self.full.get(sha):
            return Confidence.STATED, "known to the repository"
        return (Confidence.POSSIBLE, "looks like a commit") if word.ticked or not sha.isalpha() else None


def _linked(found: Iterable[Block]) -> Iterator[tuple[str, Mention]]:
    """Commits that addresses of the web name; the mention tells their repository."""
    for block in found:
        for url in URL.finditer(block.text):
            commit = _ADDRESS.search(url[0])
            if commit:
                yield commit["sha"], Mention.at(block, url.span(), commit["repository"])


def _fact(claims: list[_Claim]) -> Fact[CitedCommit]:
    best = min(claims, key=lambda claim: _ORDER.index(claim.confidence))
    sha = max((claim.sha for claim in claims), key=len)
    note = next((claim.note for claim in claims if claim.note), None)
    return Fact(CitedCommit(sha, note), best.source, best.mention.line, best.confidence)


def _shas(word: str) -> list[str]:
    """The hex words in a word: one, or the two ends of a range."""
    command = COMMAND.fullmatch(word)
    if command:
        return [command["sha"]]
    ends = re.split(r"\.{2,3}", _DIRTY.sub("", word))
    return ends if all(map(_SHA.fullmatch, ends)) else []


def _listed(word: Mention) -> bool:
    """Whether a word opens an item of a list of commits, or ends one."""
    if not word.block.is_item or not _LIST.fullmatch(word.block.lead.strip(" :：")):
        return False
    return not plain(word.before).strip(" [(`*_") or _LAST.match(word.after) is not None


def _note(mention: Mention) -> str | None:
    """What the note says that a commit did."""
    if mention.block.column:
        row = mention.block.row
        said = next(
            (text for name, text in row.items() if _SUMMARY.fullmatch(name) and name != mention.block.column), None
        )
        return (said or None) if fills(mention) else _worded(_BRACKETED, mention.after)
    noted = _worded(_BRACKETED, mention.after)
    if noted is None and _listed(mention):
        noted = _worded(_DASHED, mention.after) or _before(mention)
    return noted


def _worded(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.match(text)
    words = plain(found["note"]).strip() if found else ""
    return None if _WORDLESS.fullmatch(words) else words.rstrip("。").strip()


def _before(mention: Mention) -> str | None:
    """`- fix the schedule (abc1234)`: the words in front of a commit that ends its item."""
    words = plain(mention.before).strip(" `*_([（:：-—–") if _LAST.match(mention.after) else ""
    return words or None
