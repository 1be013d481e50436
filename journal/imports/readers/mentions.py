"""Words of a note that may name a run or a commit, each with the cue that stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from journal.imports.readers.outline import blocks
from journal.imports.readers.page import CODE, bare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from journal.imports.readers.outline import Block
    from journal.imports.readers.page import Page

URL = re.compile(r"https?://[^\s<>()\[\]`\"'|，。；）]+")
RUN_FOLDER = re.compile(r"(?<![A-Za-z0-9])run-\d{8}_\d{6}-(?P<id>[A-Za-z0-9][A-Za-z0-9_-]*)")
# Bare words only if they have a digit, or are hex digits throughout: all else is English.
_WORD = re.compile(
    r"(?<![A-Za-z0-9_#@/+$.-])(?=[A-Za-z_./-]*\d|[A-Fa-f]{7,40}(?![A-Za-z0-9]))"
    r"[A-Za-z0-9](?:[A-Za-z0-9_./-]*[A-Za-z0-9])(?![A-Za-z0-9_@/])"
)
COMMAND = re.compile(r"(?:git (?:show|checkout|revert|cherry-pick) |commit )(?P<sha>[0-9a-f]{7,40})")
_NEAR = 160  # characters before a word in which its cue is looked for
_IS_ID = re.compile(r"\bid\b", re.IGNORECASE)
_LONGEST_CUE, _LONGEST_JOINT = 48, 8  # characters
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")

# What may stand between a cue and the word that it announces.
_JOINT_SIGNS = " \t\f\v\u00a0\u2002\u2003\u2009\u3000*_\"'“”‘’:：=(（[<~"
_JOINT_WORD = re.compile(r"(?:\b(?:id|is|was|are|were|named|called|no\.?)|为|是)$", re.IGNORECASE)
# What may stand between two words of which the first has the cue.
_CHAIN = re.compile(
    r"[\s*_]*(?:[(（][^()（）]{0,80}[)）]\s*)?(?:,?\s*\band\b|,|、|&|/|\bvs\.?|\bor\b|和|与|\+|→|->|\.{2,3})[\s*_]*",
    re.IGNORECASE,
)
# A run's name in front of its id: `name` (`id`). What is as short as an id is no name.
_NAMED = re.compile(r"(?<!\ue000)\ue000{11,}[\s*_]*[(（][\s*_]*$")

_COMMIT = re.compile(
    r"(?:(?<!pre-)(?<!post-)\bcommits?(?:\s+(?:hash|id|sha|as|in))?|\bgit\s+(?:sha|hash|rev|commit|head)|\bshas?|\brevisions?|\brev"
    r"|\bcherry-pick(?:ed)?|\brevert(?:s|ed)?(?:\s+of)?|\bcommitted(?:\s+(?:as|in))?|提交(?:号|记录|哈希|点)?)$",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"(?:(?:w&b|wandb|weights\s*(?:&|and)\s*biases)[\s_-]*(?:run|runs|run[\s_-]*(?:ids?|link|url)|ids?)|\bruns?[\s_-]*ids?"
    r"|(?:运行|实验)\s*(?:ids?|编号))$",
    re.IGNORECASE,
)
_RUN = re.compile(r"(?:\bruns?|\bw&b|\bwandb|\bweights\s*(?:&|and)\s*biases|运行|实验)$", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:\b(?:sha-?(?:1|224|256|384|512)(?:sums?)?|md5(?:sums?)?|crc32|blake\w*|(?:digest|checksum|fingerprint|hash)(?:es|s)?"
    r"|etag|data\s?sets?|artifacts?|checkpoints?|ckpts?|models?|colou?rs?|jobs?|tasks?|tokens?|users?|uuid|keys?|serial|pid"
    r"|versions?|seeds?|nodes?|hosts?|images?|trials?|stud(?:y|ies)|sweeps?|groups?|issues?|prs?|bugs?|tickets?"
    r"|containers?|projects?|entit(?:y|ies))|校验和?|摘要|哈希|颜色|数据集|版本|任务|作业)$",
    re.IGNORECASE,
)
# Words that make the `run` behind them a thing, not an order: "the run `x`", but "then run `x`".
_NOUN = re.compile(
    r"(?:\b(?:in|of|from|by|for|with|than|this|that|the|our|its|each|both|other|another|old|older|new|newer|first|last|second"
    r"|same|best|worst|previous|earlier|later|original|final|local|long|short|crashed|failed|training|baseline"
    r"|reference|candidate|w&b|wandb|\d+d)|\bruns)\s*$|[(（,;—–]\s*$|的$|在$",
    re.IGNORECASE,
)


# "will not use run", "Not commit", "instead of the run": the word behind them is not what the note is about.
_DENIED = re.compile(
    r"(?:\b(?:not|never|no\s+longer|cannot|without)\s+|n['’]t\s+|\b(?:instead\s+of|rather\s+than)\s+|不(?:是|再|会|用|使用|采用|看)?|并非|没有?用?)"
    r"(?:(?:to\s+)?(?:be\s+)?(?:us(?:e|ed|ing)|includ\w+|consider\w*|count\w*|cit(?:e|ed|ing)|mean\w*|need\w*|from|in|by|of|at)\s+)?"
    r"(?:(?:the|this|that|our|a|an|any)\s+)?(?:(?:w&b|wandb|git)\s+)?"
    r"(?:runs?|commits?|revisions?|sha|hash|运行|实验|提交)(?:\s+(?:ids?|hash|sha))?[\s*_`:：\"'“‘（(]*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W*(?P<key>(?P<first>(?:git\s+)?(?:commit|sha)|(?:w&b|wandb)\s+runs?|runs?\s+ids?)\b[^:：\ue000]{0,40})[:：][\s*_(]*$",
    re.IGNORECASE,
)
_NO_ID = re.compile(
    r"\b(?:names?|groups?|projects?|messages?|count|number|by|time|date|log|notes?|tags?)\b", re.IGNORECASE
)


class Cue(StrEnum):
    """What the words before a word say that it is."""

    NONE = "none"
    RUN_ID = "run id"
    RUN = "run"
    TO_RUN = "to run"
    COMMIT = "commit"
    OTHER = "other"


@dataclass(frozen=True)
class Mention:
    """A word that may name something.

    Attributes:
        text: The word.
        start: Where it begins in its block's text.
        ticked: Whether it stands between code ticks.
        cue: What the words before it say that it is.
        before: The text right before it, markup included.
        after: The text right behind it, markup included.
        head: The text before it on its own line.
        block: The block that it stands in.
    """

    text: str
    start: int
    ticked: bool
    cue: Cue
    before: str
    after: str
    head: str
    block: Block

    @property
    def line(self) -> int:
        """The line that it stands on."""
        return self.block.line_at(self.start)

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in the note, to order by."""
        return self.line, self.block.cell, self.start

    @property
    def denied(self) -> bool:
        """Whether the words before it say that it is not what the note means, as in "not commit"."""
        return _DENIED.search(self.before) is not None

    @classmethod
    def at(cls, block: Block, span: tuple[int, int], text: str, cue: Cue = Cue.NONE, *, ticked: bool = False) -> Self:
        """A word of a block by its place there; of long blocks only what stands near is kept."""
        start, end = span
        whole, near = block.text, max(start - _NEAR, 0)
        first = max(block.start_of_line(start), near)
        return cls(
            text,
            start,
            ticked,
            cue,
            whole[near:start],
            whole[end : end + _NEAR],
            whole[first:start],
            block,
        )


@lru_cache(maxsize=4)  # runs and commits of a note are read one after the other
def mentions(page: Page) -> tuple[Mention, ...]:
    """The words of a note that may name a run or a commit, in order: what stands between ticks, and bare words.

    What a link points to is none, nor are addresses of the web and run folders: they are read as what they are.
    """
    return tuple(mention for block in blocks(page) for mention in _mentions(block))


def _mentions(block: Block) -> Iterator[Mention]:
    text = _masked(block.text)
    found = [(code.span(), code["code"].strip(), True) for code in CODE.finditer(text)]
    hidden = CODE.sub(lambda code: "\ue000" * len(code[0]), text)
    found += [(word.span(), word[0], False) for word in _WORD.finditer(hidden)]
    last, passed = 0, Cue.NONE  # where the last word with a cue ends, and that cue
    for (start, end), word, ticked in sorted(found):
        if (" " in word and not COMMAND.fullmatch(word)) or not word.strip("\ue001"):
            continue
        linked = _CHAIN.fullmatch(hidden, last, start) if start - last < _NEAR else None
        cue = passed if linked else cue_at(hidden[max(start - _NEAR, 0) : start])
        if cue is Cue.NONE and start - block.start_of_line(start) < _NEAR:
            cue = _key_cue(hidden[block.start_of_line(start) : start])
        if cue is not Cue.NONE:
            last, passed = end, cue
        yield Mention.at(block, (start, end), word, cue, ticked=ticked)


def _masked(text: str) -> str:
    """Text of the same length in which nothing of an address or a run folder can be taken for a word."""
    for pattern in (_LINK_TARGET, URL, RUN_FOLDER):
        text = pattern.sub(lambda found: "\ue001" * len(found[0]), text)
    return text


def cue_at(before: str) -> Cue:
    """What text says of the word that follows it, code in it replaced by private signs."""
    named = _NAMED.search(before) if "\ue000" in before else None
    before = before[: named.start()] if named else before
    words = _without_joint(before)
    return _cue(words, before[len(words) :])


def _without_joint(before: str) -> str:
    """Text up to what stands between a cue and the word that it announces."""
    while True:
        words = before.rstrip(_JOINT_SIGNS)
        if not words[-1:].isalpha() and words[-1:] != ".":
            return words
        joint = _JOINT_WORD.search(words, max(len(words) - _LONGEST_JOINT, 0))
        if joint is None:
            return words
        before = words[: joint.start()]


def _key_cue(head: str) -> Cue:
    """What a label in front of a word says that begins with a cue: `Commit before the run: …`."""
    label = _LABEL.match(head)
    if label is None or _NO_ID.search(label["key"]):
        return Cue.NONE
    return Cue.COMMIT if _COMMIT.search(label["first"]) else Cue.RUN


def _cue(words: str, joint: str) -> Cue:
    words = words.rstrip("`")
    first = max(len(words) - _LONGEST_CUE, 0)
    if not words[-1:].isalpha():  # the names of some sums end in a digit, and no other cue does
        return Cue.OTHER if words[-1:].isdigit() and _OTHER.search(words, first) else Cue.NONE
    whole = words + (" id" if _IS_ID.search(joint) else "")
    if _COMMIT.search(words, first):
        return Cue.COMMIT
    if _SURE.search(whole, first):
        return Cue.RUN_ID
    run = _RUN.search(words, first)
    if run is None:
        return Cue.OTHER if _OTHER.search(words, first) else Cue.NONE
    said = not joint.isspace() or run[0].lower() not in {"run", "运行"} or _NOUN.search(words[: run.start()])
    return Cue.RUN if said else Cue.TO_RUN


@lru_cache(maxsize=256)
def column_names_ids(column: str) -> bool:
    """Whether the head of a column promises ids, not just runs by whatever name."""
    return (
        column_cue(column) is Cue.RUN_ID
        and re.search(r"(?:ids?|编号)(?:\(s\))?\W*$", column, re.IGNORECASE) is not None
    )


@lru_cache(maxsize=256)  # asked for every word below it
def column_cue(column: str) -> Cue:
    """What the head of a table's column says of the cells below it."""
    words = bare(column).replace("(s)", "").strip(" :：#")
    if not words:
        return Cue.NONE
    if re.fullmatch(r"(?:w&b|wandb)(?:\s*(?:link|url))?", words, re.IGNORECASE):
        return Cue.RUN_ID
    return _cue(*_without_id(words))


def _without_id(words: str) -> tuple[str, str]:
    plain = re.sub(r"(?:^|[\s_-]+)(?:id)$", "", words, flags=re.IGNORECASE)
    return plain, ": id" if plain != words else ":"
